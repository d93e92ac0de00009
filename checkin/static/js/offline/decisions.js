// The door's own decision while the server cannot be asked: the same `decide`, on the gate list.
import { decide } from "./admission.js";
import { parseCode } from "./badge-code.js";
import { badgeTag, canReadLists, openEntry } from "./gate-list.js";
import {
  factsFrom,
  NOTHING_LENT,
  policyFrom,
  takesPlace,
  takesSeat,
  walkInFacts,
} from "./local-facts.js";
import { utcText } from "./scan.js";
import { namesOf } from "./walk-in.js";

/** @import { Decision, Facts, Policy, Reason } from "./admission.js" */
/** @import { DeviceClock } from "./clock.js" */
/** @import { EntryContent, ListPolicy } from "./gate-list.js" */
/** @import { HeldList } from "./held-list.js" */
/** @import { Place } from "./kept-values.js" */
/** @import { Lent } from "./local-facts.js" */
/** @import { History, Memory, Passage } from "./memory.js" */
/** @import { Delegation, Participant, Scan, Stop, Verdict } from "./scan.js" */
/** @import { Decided } from "./spool.js" */
/** @import { Newcomer } from "./walk-in.js" */

/**
 * What this gate says by itself; it stays to be confirmed by the server.
 * @typedef {object} LocalAnswer
 * @property {Verdict} verdict
 * @property {Decided | null} decided null where this browser cannot decide
 * @property {Passage | null} passage whom it counts
 */

/** @type {Decided} */
const OK = { status: "ok", reason: null };

/**
 * @param {Decision} decision
 * @returns {Decided}
 */
const decidedAs = ({ status, reason }) => ({ status, reason });

/**
 * Return the tag of a scan's badge, "" where it cannot be known.
 * @param {{code: string}} scan
 */
export async function tagOf({ code }) {
  const token = parseCode(code);
  return token && canReadLists() ? badgeTag(token) : "";
}

export class OfflineGate {
  /**
   * @param {HeldList} held
   * @param {Memory} memory
   * @param {DeviceClock} clock
   * @param {Place} gate from the pairing; the server's later word is in `held`
   */
  constructor(held, memory, clock, gate) {
    this.held = held;
    this.memory = memory;
    this.clock = clock;
    this.gate = gate;
  }

  get place() {
    return this.held.place ?? this.gate;
  }

  /**
   * Decide a scan.
   * @param {Scan} scan
   * @returns {Promise<LocalAnswer>}
   */
  async answer(scan) {
    const token = parseCode(scan.code);
    if (!token) return this.#refused(scan, "invalid");
    if (!canReadLists())
      return { verdict: { scan, unconfirmed: true }, decided: null, passage: null };
    const tag = await badgeTag(token);
    const head = this.held.policy;
    if (!head) return this.#keptOnly(scan, tag);
    const reason = await this.held.tombstone(tag);
    if (reason && scan.type === "entry") return this.#refused(scan, reason);
    const entry = await this.held.entry(tag);
    const content = entry ? await openEntry(token, entry) : null;
    if (!content) return this.#unlisted(scan, tag, Boolean(reason));
    return this.#decided(scan, tag, content, head);
  }

  /**
   * Decide on somebody without a badge, who needs a place that was lent to this gate.
   * @param {Newcomer} newcomer
   * @param {Scan} scan
   * @returns {LocalAnswer}
   */
  walkIn(newcomer, scan) {
    const head = this.held.policy;
    if (!head || !this.walkInKey) return this.#refused(scan, "unapproved");
    const lent = this.#lent(newcomer.delegation.id, this.#moment(scan));
    const policy = policyFrom(head, lent);
    // Which category they will have is the server's to say.
    const facts = walkInFacts(lent, !head.limited_gates.includes(this.place.id));
    const decision = decide(facts, this.#moment(scan), policy);
    const content = { participant: personOf(newcomer), delegation: newcomer.delegation };
    const passage = {
      ...this.#barePassage(scan, newcomer.id),
      delegation_id: newcomer.delegation.id,
      lease_id: lent.leaseId,
      place: true,
      seat: takesSeat(facts, policy),
    };
    return {
      verdict: verdictOf(scan, decision, content, null, this.held.stop),
      decided: decidedAs(decision),
      passage: decision.status === "ok" ? passage : null,
    };
  }

  /** What seals walk-ins for the server; empty where this gate may take none. */
  get walkInKey() {
    return (canReadLists() && this.memory.lease()?.walkInKey) || "";
  }

  /**
   * @param {Scan} scan
   * @param {string} tag
   * @param {EntryContent} content
   * @param {ListPolicy} head
   * @returns {LocalAnswer}
   */
  #decided(scan, tag, content, head) {
    const at = this.#moment(scan);
    const lent = this.#lent(content.delegation.id, at);
    const policy = policyFrom(head, lent);
    const history = this.memory.history(tag, content.participant.id);
    const where = { direction: scan.type, gateId: this.place.id, limitedGates: head.limited_gates };
    const facts = factsFrom(content, history, lent, where);
    const decision = decide(facts, at, policy);
    return {
      verdict: verdictOf(scan, decision, content, history, this.held.stop),
      decided: decidedAs(decision),
      passage:
        decision.status === "ok" ? this.#passage(scan, tag, content, lent, facts, policy) : null,
    };
  }

  /**
   * @param {number} delegationId
   * @param {number} at
   * @returns {Lent}
   */
  #lent(delegationId, at) {
    const lease = this.memory.lease();
    if (!lease || !this.clock.isBelievable() || at >= lease.expiresAt) return NOTHING_LENT;
    return {
      leaseId: lease.leaseId,
      places: lease.places.get(delegationId) ?? 0,
      placesSpent: this.memory.placesSpent(lease.leaseId, delegationId),
      hall: lease.hall ?? 0,
      hallSpent: this.memory.seatsSpent(lease.leaseId),
    };
  }

  /**
   * @param {Scan} scan
   * @param {string} tag
   * @param {EntryContent} content
   * @param {Lent} lent
   * @param {Facts} facts
   * @param {Policy} policy
   * @returns {Passage}
   */
  #passage(scan, tag, content, lent, facts, policy) {
    const enters = scan.type === "entry";
    const place = enters && takesPlace(facts);
    const seat = enters && takesSeat(facts, policy);
    return {
      ...this.#barePassage(scan, tag),
      participant_id: content.participant.id,
      delegation_id: content.delegation.id,
      lease_id: place || seat ? lent.leaseId : null,
      place,
      seat,
    };
  }

  /**
   * @param {Scan} scan
   * @param {string} tag
   * @returns {Passage}
   */
  #barePassage(scan, tag) {
    return {
      scan_id: scan.scan_id,
      tag,
      participant_id: null,
      delegation_id: null,
      direction: scan.type,
      at: this.#moment(scan),
      gate: this.place.name,
      lease_id: null,
      place: false,
      seat: false,
    };
  }

  /** @param {Scan} scan */
  #moment(scan) {
    return this.clock.corrected(Date.parse(scan.scanned_at));
  }

  /**
   * @param {Scan} scan
   * @param {Reason} reason
   * @returns {LocalAnswer}
   */
  #refused(scan, reason) {
    /** @type {Decided} */
    const decided = { status: "error", reason };
    return { verdict: { scan, ...decided, offline: true }, decided, passage: null };
  }

  /**
   * Who leaves with a badge that was revoked meanwhile is let out; a stranger's is no badge.
   * @param {Scan} scan
   * @param {string} tag
   * @param {boolean} known
   * @returns {LocalAnswer}
   */
  #unlisted(scan, tag, known) {
    if (!known) return this.#refused(scan, "invalid");
    const verdict = { scan, ...OK, offline: true };
    return { verdict, decided: OK, passage: this.#barePassage(scan, tag) };
  }

  /**
   * Before the first list only the check characters are known: taken in as to be confirmed.
   * @param {Scan} scan
   * @param {string} tag
   * @returns {LocalAnswer}
   */
  #keptOnly(scan, tag) {
    const verdict = { scan, ...OK, offline: true, unchecked: true };
    return { verdict, decided: OK, passage: this.#barePassage(scan, tag) };
  }
}

/**
 * @param {Newcomer} newcomer
 * @returns {Participant}
 */
function personOf(newcomer) {
  return { id: null, name: "", name_ar: null, category: "", ...namesOf(newcomer) };
}

/**
 * @param {Scan} scan
 * @param {Decision} decision
 * @param {{participant: Participant, delegation: Delegation}} whom
 * @param {History | null} history
 * @param {Stop | null} stop
 * @returns {Verdict}
 */
function verdictOf(scan, decision, { participant, delegation }, history, stop) {
  const first = decision.reason === "already_redeemed" ? (history?.first ?? null) : null;
  // How many have arrived is not known here: a quota beside a made-up count would mislead.
  const { quota: _, ...named } = delegation;
  return {
    scan,
    ...decidedAs(decision),
    participant,
    delegation: named,
    first_admission: first && { at: utcText(first.at), gate: first.gate },
    offline: true,
    stop: decision.reason === "invalid_time" ? stop : null,
  };
}
