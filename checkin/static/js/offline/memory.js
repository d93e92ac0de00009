// Whom this device knows to be counted in: numbers and times, no names.
import { leaseFrom } from "./leases.js";

/** Sum up one person's passages, in the order in which they became known. */
export function historyOf(passages) {
  const entries = passages.filter(({ direction }) => direction === "entry");
  if (!entries.length) return { entries: 0, inside: false, first: null };
  return {
    entries: entries.length,
    inside: passages.at(-1).direction === "entry",
    first: entries[0],
  };
}

/**
 * Return what the server's reply to a scan tells of its person's passages, or null.
 * Who was let in passed here; who came in before passed where the reply says.
 */
export function passageTold(scan, tag, reply, at, gate) {
  const { participant, delegation, first_admission: first } = reply;
  if (!participant) return null;
  const passage = {
    scan_id: scan.scan_id,
    tag,
    participant_id: participant.id,
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
  #passages;

  /** @param waiting says by `has` whether the server has yet to hear of a scan_id */
  constructor(passages, waiting, kept) {
    this.#passages = new Map(byPosition(passages).map((row) => [row.scan_id, row]));
    this.waiting = waiting;
    this.kept = kept;
  }

  history(tag, participantId) {
    const theirs = [...this.#passages.values()].filter(
      (one) => one.tag === tag || (participantId !== null && one.participant_id === participantId),
    );
    return historyOf(theirs);
  }

  /** Say whether the server has yet to hear of a passage of this badge's holder. */
  waits(tag) {
    const all = [...this.#passages.values()];
    const people = new Set(all.filter((one) => one.tag === tag).map((one) => one.participant_id));
    people.delete(null);
    return all.some(
      (one) => this.waiting.has(one.scan_id) && (one.tag === tag || people.has(one.participant_id)),
    );
  }

  /** Return what was lent last, expired or not. */
  lease() {
    return leaseFrom(this.kept.value("lent"));
  }

  placesSpent(leaseId, delegationId) {
    const spent = (one) => one.place && one.lease_id === leaseId;
    return this.#count((one) => spent(one) && one.delegation_id === delegationId);
  }

  /** Count the lent seats given away; who leaves gives none back here, the server may lend it. */
  seatsSpent(leaseId) {
    return this.#count((one) => one.seat && one.lease_id === leaseId);
  }

  /** Return a passage as it is to be stored, or null when its scan is known already. */
  rowOf(passage) {
    if (!passage || this.#passages.has(passage.scan_id)) return null;
    return { ...passage, position: nextPosition(this.#passages) };
  }

  /** Return the waiting passages on any lease, charged to this one: the server lent them again. */
  chargedTo(leaseId) {
    const charged = [...this.#passages.values()].filter(
      (one) => one.lease_id !== null && this.waiting.has(one.scan_id),
    );
    return charged.map((one) => ({ ...one, lease_id: leaseId }));
  }

  /** Take in what was stored. */
  believe(row) {
    if (row) this.#passages.set(row.scan_id, row);
  }

  /**
   * Return an annulled passage without whose it was, or null when it is not known. The place that it
   * took of a lease stays taken: the server may have given it to another.
   */
  nobodys(scanId) {
    return this.whose(scanId, "", null);
  }

  /** Return a passage with the badge and person that it is now known to be of, or null. */
  whose(scanId, tag, participantId) {
    const row = this.#passages.get(scanId);
    return row ? { ...row, tag, participant_id: participantId } : null;
  }

  forgetAll() {
    this.#passages.clear();
  }

  #count(which) {
    return [...this.#passages.values()].filter(which).length;
  }
}

export function byPosition(rows) {
  return [...rows].sort((one, other) => one.position - other.position);
}

/** Return the position after the last of a map whose rows are in order. */
export function nextPosition(rows) {
  let last = 0;
  for (const { position } of rows.values()) last = Math.max(last, position);
  return last + 1;
}
