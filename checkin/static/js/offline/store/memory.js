// Whom this device knows to be counted in: numbers and times, no names.
import { leaseFrom } from "../leases.js";

/** @import { KeptValues } from "./kept-values.js" */
/** @import { Direction, Reading, ScanReply } from "../scan.js" */

/**
 * Somebody's way through a gate.
 * @typedef {object} Passage
 * @property {string} scan_id
 * @property {string} tag of the badge; "" where it cannot be known
 * @property {number | null} participant_id
 * @property {number | null} delegation_id
 * @property {Direction} direction
 * @property {number} at in milliseconds of the server's clock
 * @property {string} gate its name
 * @property {string | null} lease_id of the lease that it spends from
 * @property {boolean} place it spends a place of the delegation's
 * @property {boolean} seat it spends a seat of the hall's
 */

/**
 * A passage as it is stored; `position` is the order in which they became known.
 * @typedef {Passage & {position: number}} PassageRow
 */

/**
 * One person's passages, summed up.
 * @typedef {object} History
 * @property {number} entries
 * @property {boolean} inside
 * @property {Passage | null} first
 */

/**
 * Sum up one person's passages, in the order in which they became known.
 * @param {Passage[]} passages
 * @returns {History}
 */
export function historyOf(passages) {
  const entries = passages.filter(({ direction }) => direction === "entry");
  if (!entries.length) return { entries: 0, inside: false, first: null };
  return {
    entries: entries.length,
    inside: passages.at(-1)?.direction === "entry",
    first: entries[0],
  };
}

/**
 * Return what the server's reply to a scan tells of its person's passages, or null.
 * Who was let in passed here; who came in before passed where the reply says. An answer to a badge's
 * reference tells no person: then the badge alone is known to have passed.
 * @param {Reading & {participant_id?: number}} scan
 * @param {string} tag
 * @param {ScanReply} reply
 * @param {number} at
 * @param {string} gate
 * @returns {Passage | null}
 */
export function passageTold(scan, tag, reply, at, gate) {
  const { participant, delegation, first_admission: first } = reply;
  if (reply.rehearsal) return null; // a practice badge lets nobody in
  const passage = {
    scan_id: scan.scan_id,
    tag,
    participant_id: participant?.id ?? scan.participant_id ?? null,
    delegation_id: delegation?.id ?? null,
    direction: scan.type,
    at,
    gate,
    lease_id: null,
    place: false,
    seat: false,
  };
  if (reply.status === "ok") return passage;
  if (reply.reason !== "already_redeemed" || !first) return null;
  return { ...passage, direction: "entry", at: Date.parse(first.at), gate: first.gate };
}

/** The passages, mirrored in memory: the spool writes them, and tells what it wrote. */
export class Memory {
  /** @type {Map<string, PassageRow>} */
  #passages;

  /**
   * @param {PassageRow[]} passages
   * @param {{has: (scanId: string) => boolean, isLost?: (scanId: string) => boolean}} waiting whether
   *   the server has yet to hear of a scan, or was put back since it did
   * @param {KeptValues} kept
   */
  constructor(passages, waiting, kept) {
    this.#passages = new Map(byPosition(passages).map((row) => [row.scan_id, row]));
    this.waiting = waiting;
    this.kept = kept;
  }

  /**
   * Return what is known of a badge's holder.
   * @param {string} tag
   * @param {number | null} participantId
   * @param {(at: number) => boolean} counts whether a passage at a moment counts, such as of a day
   */
  history(tag, participantId, counts = () => true) {
    const theirs = [...this.#passages.values()].filter(
      (one) => one.tag === tag || (participantId !== null && one.participant_id === participantId),
    );
    return historyOf(theirs.filter(({ at }) => counts(at)));
  }

  /**
   * Say whether the server has yet to hear of a passage of this badge's holder, or has lost it.
   * @param {string} tag
   */
  waits(tag) {
    const all = [...this.#passages.values()];
    const people = new Set(all.filter((one) => one.tag === tag).map((one) => one.participant_id));
    people.delete(null);
    const isUnheard = (/** @type {string} */ id) =>
      this.waiting.has(id) || this.waiting.isLost?.(id) === true;
    return all.some(
      (one) => isUnheard(one.scan_id) && (one.tag === tag || people.has(one.participant_id)),
    );
  }

  /**
   * Say whether a scan has counted somebody here.
   * @param {string} scanId
   */
  counted(scanId) {
    return this.#passages.has(scanId);
  }

  /** Return what was lent last, expired or not. */
  lease() {
    return leaseFrom(this.kept.value("lent"));
  }

  /**
   * Count a lease's places of one delegation that were given away.
   * @param {string} leaseId
   * @param {number} delegationId
   */
  placesSpent(leaseId, delegationId) {
    const isTheirs = (/** @type {Passage} */ one) => one.delegation_id === delegationId;
    return this.#count((one) => one.place && one.lease_id === leaseId && isTheirs(one));
  }

  /**
   * Count the lent seats given away; who leaves gives none back here, the server may lend it.
   * @param {string} leaseId
   */
  seatsSpent(leaseId) {
    return this.#count((one) => one.seat && one.lease_id === leaseId);
  }

  /**
   * Return a passage as it is to be stored, or null when its scan is known already.
   * @param {Passage | null} passage
   * @returns {PassageRow | null}
   */
  rowOf(passage) {
    if (!passage || this.#passages.has(passage.scan_id)) return null;
    return { ...passage, position: nextPosition(this.#passages) };
  }

  /**
   * Return the waiting passages on any lease, charged to this one: the server lent them again.
   * @param {string} leaseId
   */
  chargedTo(leaseId) {
    const charged = [...this.#passages.values()].filter(
      (one) => one.lease_id !== null && this.waiting.has(one.scan_id),
    );
    return charged.map((one) => ({ ...one, lease_id: leaseId }));
  }

  /**
   * Take in what was stored.
   * @param {PassageRow | null} row
   */
  believe(row) {
    if (row) this.#passages.set(row.scan_id, row);
  }

  /**
   * Return an annulled passage without whose it was, or null when it is not known. The place that it
   * took of a lease stays taken: the server may have given it to another.
   * @param {string} scanId
   */
  nobodys(scanId) {
    return this.whose(scanId, "", null);
  }

  /**
   * Return a passage with the badge and person that it is now known to be of, or null.
   * @param {string} scanId
   * @param {string} tag
   * @param {number | null} participantId
   */
  whose(scanId, tag, participantId) {
    const row = this.#passages.get(scanId);
    return row ? { ...row, tag, participant_id: participantId } : null;
  }

  /** Return the passages without the numbers of their people. */
  numberless() {
    const numbered = [...this.#passages.values()].filter((one) => one.participant_id !== null);
    return numbered.map((one) => ({ ...one, participant_id: null }));
  }

  /**
   * Return the delegation of who passed with a scan, or null.
   * @param {string} scanId
   */
  delegationOf(scanId) {
    return this.#passages.get(scanId)?.delegation_id ?? null;
  }

  forgetAll() {
    this.#passages.clear();
  }

  /** @param {(one: Passage) => boolean} which */
  #count(which) {
    return [...this.#passages.values()].filter(which).length;
  }
}

/**
 * Return rows in their order.
 * @template {{position: number}} Row
 * @param {Iterable<Row>} rows
 */
export function byPosition(rows) {
  return [...rows].sort((one, other) => one.position - other.position);
}

/**
 * Return the position after the last of these rows.
 * @param {Map<string, {position: number}>} rows
 */
export function nextPosition(rows) {
  let last = 0;
  for (const { position } of rows.values()) last = Math.max(last, position);
  return last + 1;
}
