// The door's own decision while the server cannot be asked: the same `decide`, on the gate list.
import { areComplete, decide } from "./admission.js";
import { parseCode } from "./badge-code.js";
import { dayOf, NOT_CLOSED, openingAfter, policyOfDay } from "./days.js";
import {
  badgeTag,
  busTag,
  canReadLists,
  openBusList,
  openEntry,
  tagOfRef,
} from "./list/gate-list.js";
import {
  daysFrom,
  factsFrom,
  NOTHING_LENT,
  policyFrom,
  takesPlace,
  takesSeat,
  walkInFacts,
} from "./local-facts.js";
import { rightGates, stepOf } from "./next-step.js";
import { tagOf, utcText } from "./scan.js";
import { namesOf } from "./walk-in.js";

/** @import { Decision, Facts, Policy, Reason, ReasonRow } from "./admission.js" */
/** @import { ListedScan, OpenedBus } from "./bus.js" */
/** @import { DeviceClock } from "./clock.js" */
/** @import { Opening } from "./days.js" */
/** @import { EntryContent, ListPolicy, Passenger } from "./list/gate-list.js" */
/** @import { HelpDesk } from "./help-desk.js" */
/** @import { HeldList } from "./list/held-list.js" */
/** @import { Place } from "./store/kept-values.js" */
/** @import { Lent } from "./local-facts.js" */
/** @import { History, Memory, Passage } from "./store/memory.js" */
/** @import { Step } from "./next-step.js" */
/** @import { KeptScan, Participant, Scan, Source, Verdict } from "./scan.js" */
/** @import { Decided } from "./store/spool.js" */
/** @import { Newcomer } from "./walk-in.js" */

/**
 * What this gate says by itself; it stays to be confirmed by the server.
 * @typedef {object} LocalAnswer
 * @property {Verdict} verdict
 * @property {Decided | null} decided null where this browser cannot decide
 * @property {Passage | null} passage whom it counts
 */

/**
 * Whom a verdict is about, as an entry of the list tells it.
 * @typedef {Pick<EntryContent, "participant" | "delegation" | "gates" | "coordinator_phone" | "flags">} Whom
 */

/** The sources of scans of people who show no badge. @type {Set<Source>} */
const FOUND_IN_LISTS = new Set(["search", "bus"]);

/** @type {Decided} */
const OK = { status: "ok", reason: null };

/**
 * @param {Decision} decision
 * @returns {Decided}
 */
const decidedAs = ({ status, reason }) => ({ status, reason });

export class OfflineGate {
  /**
   * @param {HeldList} held
   * @param {Memory} memory
   * @param {DeviceClock} clock
   * @param {Place} gate from the pairing; the server's later word is in `held`
   * @param {ReasonRow[]} reasons as the page was handed them
   * @param {HelpDesk | null} desk the people of a help desk, who are admitted by their numbers
   */
  constructor(held, memory, clock, gate, reasons, desk = null) {
    this.held = held;
    this.memory = memory;
    this.clock = clock;
    this.gate = gate;
    this.reasons = reasons;
    this.desk = desk;
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
    const token = parseCode(scan.code ?? "");
    if (!token && scan.participant_id === undefined) return this.#refused(scan, "invalid");
    if (!this.#canDecide)
      return { verdict: { scan, unconfirmed: true }, decided: null, passage: null };
    if (!token) return this.#found(scan, Number(scan.participant_id));
    const tag = badgeTag(token);
    const head = this.held.policy;
    if (!head) return this.#keptOnly(scan, tag);
    const reason = await this.held.tombstone(tag);
    if (reason && scan.type === "entry") return this.#refused(scan, reason);
    const entry = await this.held.entry(tag);
    const content = entry ? await openEntry(token, entry, this.held.names) : null;
    if (!content) return this.#unlisted(scan, tag, Boolean(reason));
    return this.#decided(scan, tag, content, head);
  }

  /**
   * Say whether this browser has been told of whom a scan is about, and can decide it.
   * @param {Scan | KeptScan} scan
   * @param {ListedScan} [listed] the same scan, of somebody on the list of a bus
   */
  async lists(scan, listed) {
    if (!this.#canDecide || !this.held.policy) return false;
    const token = "code" in scan && parseCode(scan.code ?? "");
    if (!token) return Boolean(listed);
    const tag = badgeTag(token);
    return Boolean((await this.held.entry(tag)) ?? (await this.held.tombstone(tag)));
  }

  /**
   * Decide the scan of somebody on the list of a bus that was opened here.
   * @param {ListedScan} listedScan
   * @returns {Promise<LocalAnswer>}
   */
  async answerListed({ scan, listed }) {
    const head = this.held.policy;
    if (!this.#canDecide || !head)
      return { verdict: { scan, unconfirmed: true }, decided: null, passage: null };
    const tag = tagOfRef(scan.badge_ref);
    const reason = await this.held.tombstone(tag); // their badge was revoked since the list was made
    if (reason) return this.#refused(scan, reason);
    return this.#decided(scan, tag, listed, head);
  }

  /**
   * Say whether the list of a bus is held that the badge with this code opens.
   * @param {string} code
   */
  async leadsBus(code) {
    const token = parseCode(code);
    return Boolean(token && (await this.held.entry(busTag(token))));
  }

  /**
   * Open the list of the bus whose leader's badge this is, with who came in as known here; null where
   * none is held.
   * @param {string} code
   * @returns {Promise<OpenedBus | null>}
   */
  async busList(code) {
    const token = parseCode(code);
    const entry = token && (await this.held.entry(busTag(token)));
    const content = entry && (await openBusList(token, entry, this.held.names));
    const head = this.held.policy;
    if (!content || !head) return null;
    const days = daysFrom(head);
    const today = dayOf(days, this.clock.serverNow());
    const isToday = (/** @type {number} */ moment) => dayOf(days, moment) === today;
    return { ...content, people: content.people.map((one) => this.#rider(one, isToday)) };
  }

  /**
   * @param {Passenger} one
   * @param {(moment: number) => boolean} isToday
   */
  #rider(one, isToday) {
    const { first } = this.memory.history(tagOfRef(one.ref), one.participant.id, isToday);
    return { ...one, arrived_at: first && utcText(first.at) };
  }

  /**
   * Decide on somebody without a badge, whom the list of a help desk knows.
   * @param {Scan} scan
   * @param {number} id
   * @returns {LocalAnswer}
   */
  #found(scan, id) {
    const [content, head] = [this.desk?.person(id), this.held.policy];
    if (!content || !head) return this.#refused(scan, "invalid");
    return this.#decided(scan, tagOf(scan), content, head);
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
    const at = this.#moment(scan);
    const lent = this.#lent(newcomer.delegation.id, at);
    const policy = policyOfDay(policyFrom(head, lent), dayOf(daysFrom(head), at));
    // Which category they will have is the server's to say.
    const { id } = this.place;
    const facts = walkInFacts(lent, id, !head.limited_gates.includes(id));
    const decision = decide(facts, at, policy, this.reasons);
    const content = { participant: personOf(newcomer), delegation: newcomer.delegation };
    const passage = {
      ...this.#barePassage(scan, newcomer.id),
      delegation_id: newcomer.delegation.id,
      lease_id: lent.leaseId,
      place: true,
      seat: takesSeat(facts, policy),
    };
    return {
      verdict: this.#verdict(
        scan,
        decision,
        { ...content, gates: [] },
        null,
        openingOf(decision, head, facts, at),
      ),
      decided: decidedAs(decision),
      passage: decision.status === "ok" ? passage : null,
    };
  }

  /** What seals walk-ins for the server; empty where this gate may take none. */
  get walkInKey() {
    return (this.#canDecide && this.memory.lease()?.walkInKey) || "";
  }

  get #canDecide() {
    return canReadLists() && areComplete(this.reasons);
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
    const policy = policyOfDay(policyFrom(head, lent), dayOf(daysFrom(head), at));
    const history = this.#history(tag, content.participant.id, at, head);
    const where = { direction: scan.type, gateId: this.place.id, limitedGates: head.limited_gates };
    const badge_shown = !FOUND_IN_LISTS.has(scan.source);
    const facts = { ...factsFrom(content, history, lent, where), badge_shown };
    const decision = decide(facts, at, policy, this.reasons);
    return {
      verdict: this.#verdict(
        scan,
        decision,
        content,
        history,
        openingOf(decision, head, facts, at),
      ),
      decided: decidedAs(decision),
      passage:
        decision.status === "ok" ? this.#passage(scan, tag, content, lent, facts, policy) : null,
    };
  }

  /**
   * @param {Scan} scan
   * @param {Decision} decision
   * @param {Whom} whom
   * @param {History | null} history
   * @param {Opening} opening
   * @returns {Verdict}
   */
  #verdict(scan, decision, whom, history, opening) {
    const { reason } = decision;
    const first = reason === "already_redeemed" ? history?.first : null;
    // How many have arrived is not known here: a quota beside a made-up count would mislead.
    const { quota: _, ...named } = whom.delegation;
    return {
      scan,
      ...decidedAs(decision),
      participant: whom.participant,
      delegation: named,
      first_admission: first ? this.#cameIn(first) : null,
      next_step: reason && this.#step(reason, whom, opening),
      opens_at: opening.at === null ? null : utcText(opening.at),
      flags: whom.flags ?? [],
      offline: true,
      stop: reason === "invalid_time" ? this.held.stop : null,
    };
  }

  /** @param {{at: number, gate: string}} first */
  #cameIn({ at, gate }) {
    const named = this.held.gates.find(({ name }) => name === gate);
    return { at: utcText(at), gate, gate_ar: named?.name_ar ?? null };
  }

  /**
   * @param {Reason} reason
   * @param {Partial<Whom>} whom
   * @param {Opening} opening
   * @returns {Step | null}
   */
  #step(reason, { gates = [], coordinator_phone = "" } = {}, opening = NOT_CLOSED) {
    const row = this.reasons.find((one) => one.reason === reason);
    const limited = this.held.policy?.limited_gates ?? [];
    const right = rightGates(this.held.gates, limited, gates);
    return row ? stepOf(row, { gates: right, phone: coordinator_phone || null, opening }) : null;
  }

  /**
   * Return what is known of somebody on the day to which a moment belongs.
   * @param {string} tag
   * @param {number | null} id
   * @param {number} at
   * @param {ListPolicy} head
   */
  #history(tag, id, at, head) {
    const days = daysFrom(head);
    const day = dayOf(days, at);
    return this.memory.history(tag, id, (moment) => dayOf(days, moment) === day);
  }

  /**
   * Return when somebody first came in today, as far as this browser knows, in milliseconds, or null.
   * @param {number} id
   */
  cameToday(id) {
    const head = this.held.policy;
    const now = this.clock.serverNow();
    return head ? (this.#history("", id, now, head).first?.at ?? null) : null;
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
    const next_step = this.#step(reason);
    return { verdict: { scan, ...decided, next_step, offline: true }, decided, passage: null };
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
    const verdict = { scan, ...OK, offline: true };
    return { verdict, decided: OK, passage: this.#barePassage(scan, tag) };
  }
}

/**
 * @param {Decision} decision
 * @param {ListPolicy} head
 * @param {Facts} facts
 * @param {number} at
 * @returns {Opening}
 */
function openingOf({ reason }, head, facts, at) {
  if (reason !== "invalid_time") return NOT_CLOSED;
  return openingAfter(policyFrom(head, NOTHING_LENT), daysFrom(head), at, facts);
}

/**
 * @param {Newcomer} newcomer
 * @returns {Participant}
 */
function personOf(newcomer) {
  return { id: null, name: "", name_ar: null, category: "", ...namesOf(newcomer) };
}
