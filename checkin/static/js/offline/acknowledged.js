// What the server has acknowledged, kept to be offered again if it is put back to an earlier state: as
// scanner/offline/acknowledged.py keeps it.

import { keptScan } from "./scan.js";
import { byPosition, nextPosition } from "./store/memory.js";

/** @import { KeptValues } from "./store/kept-values.js" */
/** @import { KeptScan, Scan } from "./scan.js" */
/** @import { Decided } from "./store/spool.js" */
/** @import { Storage } from "./store/storage.js" */
/** @import { WalkIn } from "./walk-in.js" */

/**
 * The epochs that have acknowledged something, each with the number that it gave it in its log; 0 where
 * it told none.
 * @typedef {Record<string, number>} By
 */

/**
 * A scan that a server has, or had.
 * @typedef {object} AcknowledgedRow
 * @property {string} scan_id
 * @property {number} position
 * @property {string} event its slug; "" where the pairing did not tell
 * @property {KeptScan} scan
 * @property {Decided} decided what the person was told
 * @property {string} frame of the clock that read it
 * @property {string | null} lease_id
 * @property {number | null} delegation_id
 * @property {boolean} annulled it was taken back here
 * @property {By} by
 */

/**
 * A walk-in whom a server has registered; `ref` is of the badge that they were given.
 * @typedef {object} RegisteredRow
 * @property {string} id
 * @property {string} event
 * @property {WalkIn} walk_in
 * @property {string} ref
 * @property {By} by
 */

/**
 * The server's word that it has a scan; `counter` as its answer's header told it, "" where it is another
 * scan's.
 * @typedef {object} Told
 * @property {Scan | KeptScan} scan
 * @property {Decided} decided
 * @property {string} frame
 * @property {string} [epoch]
 * @property {string} [counter]
 * @property {string | null} [lease_id]
 * @property {number | null} [delegation_id]
 */

export const LARGEST_OFFER = 500;
/** After its event's end nothing is offered any more. */
export const KEPT_AFTER_THE_END_MS = 7 * 24 * 3_600_000;
const EPOCH = /^[0-9a-f]{32}$/;

export class Acknowledged {
  /** @type {Map<string, AcknowledgedRow>} */
  #rows;
  /** @type {Map<string, RegisteredRow>} */
  #walkIns;
  /** The slug of the event for which this device is paired; "" where that is unknown. */
  event = "";

  /**
   * @param {Storage} storage
   * @param {KeptValues} kept
   * @param {AcknowledgedRow[]} rows
   * @param {RegisteredRow[]} walkIns
   */
  constructor(storage, kept, rows, walkIns) {
    this.storage = storage;
    this.kept = kept;
    this.#rows = new Map(byPosition(rows).map((row) => [row.scan_id, row]));
    this.#walkIns = new Map(walkIns.map((row) => [row.id, row]));
  }

  /** The epochs that were met, in their order. */
  get met() {
    return this.kept.value("epochs") ?? [];
  }

  /** The epoch that was met last; "" before any. */
  get epoch() {
    return this.met.at(-1) ?? "";
  }

  /** How many scans are kept. */
  get count() {
    return this.#rows.size;
  }

  /**
   * Take the epoch of an answer. One that was left is met again where an old answer comes late, or where
   * the database was put back: then the server is told the newer one, of which it knows nothing.
   * @param {string} epoch
   */
  async meet(epoch) {
    if (!EPOCH.test(epoch) || this.met.includes(epoch)) return;
    await this.kept.keep({ epochs: [...this.met, epoch] });
  }

  /** What the header tells that this device has seen of the server's database; "" for nothing. */
  seen() {
    if (!this.epoch) return "";
    const told = this.kept.value("highest");
    let [most, scanId] = told?.epoch === this.epoch ? [told.number, told.scan_id] : [0, ""];
    for (const { scan_id, by } of this.#rows.values())
      if ((by[this.epoch] ?? 0) > most) [most, scanId] = [by[this.epoch], scan_id];
    return most ? `${this.epoch} ${most} ${scanId}` : this.epoch;
  }

  /**
   * Keep the highest number that the answer to a batch told, also of a scan whose result was lost on the way.
   * @param {string} epoch
   * @param {string} counter
   */
  async noteNumber(epoch, counter) {
    const scanId = counter.split(" ")[1] ?? "";
    const number = numberOf(counter, scanId);
    const known = this.kept.value("highest");
    if (!epoch || !number || (known?.epoch === epoch && known.number >= number)) return;
    await this.kept.keep({ highest: { epoch, number, scan_id: scanId } });
  }

  /** The oldest scans that the present epoch has not acknowledged, all read by one clock. */
  get toOffer() {
    const rows = [...this.#rows.values()].filter((row) => this.#isLacking(row));
    return rows.filter((row) => row.frame === rows[0].frame).slice(0, LARGEST_OFFER);
  }

  /** How many scans the present epoch has not acknowledged. */
  get countToOffer() {
    return [...this.#rows.values()].filter((row) => this.#isLacking(row)).length;
  }

  /** The walk-ins whom the present epoch has not registered. */
  get walkInsToOffer() {
    return [...this.#walkIns.values()].filter((row) => this.#isLacking(row));
  }

  /**
   * Say whether an epoch has acknowledged a scan, and not the one that was met last.
   * @param {string} scanId
   */
  isLost(scanId) {
    const row = this.#rows.get(scanId);
    return row !== undefined && this.#isLacking(row);
  }

  /**
   * Return a scan as it is to be stored with those acknowledged.
   * @param {Told} told
   * @returns {AcknowledgedRow}
   */
  rowOf({ scan, decided, frame, epoch = "", counter = "", lease_id, delegation_id }) {
    const known = this.#rows.get(scan.scan_id);
    const by = { ...known?.by, [epoch]: numberOf(counter, scan.scan_id) };
    if (known) return { ...known, by };
    return {
      scan_id: scan.scan_id,
      position: nextPosition(this.#rows),
      event: this.event,
      scan: "badge_ref" in scan ? scan : keptScan(scan),
      decided,
      frame,
      lease_id: lease_id ?? null,
      delegation_id: delegation_id ?? null,
      annulled: false,
      by,
    };
  }

  /**
   * Return rows for many, each with a position of its own.
   * @param {Told[]} told
   */
  rowsOf(told) {
    const first = nextPosition(this.#rows);
    return told.map((one, at) => {
      const row = this.rowOf(one);
      return this.#rows.has(row.scan_id) ? row : { ...row, position: first + at };
    });
  }

  /**
   * Take in what was stored.
   * @param {AcknowledgedRow[]} rows
   */
  believe(rows) {
    for (const row of rows) this.#rows.set(row.scan_id, row);
  }

  /**
   * Note that an epoch has acknowledged scans that were offered.
   * @param {string[]} scanIds
   * @param {string} epoch
   * @param {string} [counter]
   */
  async heard(scanIds, epoch, counter = "") {
    const rows = scanIds.flatMap((id) => this.#rows.get(id) ?? []);
    const heard = rows.map((row) => ({
      ...row,
      by: { ...row.by, [epoch]: numberOf(counter, row.scan_id) },
    }));
    await this.#put(heard);
  }

  /**
   * Return scans that are kept here as they are to be stored to be offered to the present epoch again.
   * @param {string[]} scanIds
   */
  unheard(scanIds) {
    return scanIds.flatMap((id) => {
      const row = this.#rows.get(id);
      if (!row) return [];
      const by = { ...row.by };
      delete by[this.epoch];
      return [{ ...row, by }];
    });
  }

  /**
   * Note that a scan was taken back, which has to be offered with it.
   * @param {string} scanId
   */
  async annul(scanId) {
    const row = this.#rows.get(scanId);
    if (row) await this.#put([{ ...row, annulled: true }]);
  }

  /**
   * Return a registered walk-in as they are to be stored.
   * @param {WalkIn} walkIn
   * @param {string} ref
   * @param {string} epoch
   * @returns {RegisteredRow}
   */
  registeredRow(walkIn, ref, epoch) {
    const by = { ...this.#walkIns.get(walkIn.id)?.by, [epoch]: 0 };
    return { id: walkIn.id, event: this.event, walk_in: walkIn, ref, by };
  }

  /** @param {RegisteredRow} row */
  believeRegistered(row) {
    this.#walkIns.set(row.id, row);
  }

  /**
   * Keep a registered walk-in.
   * @param {RegisteredRow} row
   */
  async keepWalkIn(row) {
    await this.storage.write(["registered_walk_ins"], (store) =>
      store("registered_walk_ins").put(row),
    );
    this.believeRegistered(row);
  }

  /**
   * Return the scans that name a badge, as they are with another one.
   * @param {string} oldRef
   * @param {string} ref
   */
  renamed(oldRef, ref) {
    const theirs = [...this.#rows.values()].filter(({ scan }) => scan.badge_ref === oldRef);
    return theirs.map((row) => ({ ...row, scan: { ...row.scan, badge_ref: ref } }));
  }

  /**
   * Erase what the present epoch has, or everything; the rest is evidence of nowhere else.
   * @param {boolean} all
   */
  async forget(all) {
    const { epoch } = this;
    const isErased = (/** @type {{by: By}} */ { by }) => all || epoch in by;
    const scans = [...this.#rows.values()].filter(isErased);
    const people = [...this.#walkIns.values()].filter(isErased);
    await this.storage.write(["acknowledged", "registered_walk_ins"], (store) => {
      for (const { scan_id: id } of scans) store("acknowledged").delete(id);
      for (const { id } of people) store("registered_walk_ins").delete(id);
    });
    for (const { scan_id: id } of scans) this.#rows.delete(id);
    for (const { id } of people) this.#walkIns.delete(id);
  }

  /**
   * Erase everything once the event is over for long enough.
   * @param {number[]} ends of its days
   * @param {number} now both in milliseconds of the server's clock
   */
  async retire(ends, now) {
    const isOver = ends.length > 0 && now - Math.max(...ends) > KEPT_AFTER_THE_END_MS;
    if (isOver && this.#rows.size + this.#walkIns.size) await this.forget(true);
  }

  /** @param {{event: string, by: By}} row */
  #isLacking({ event, by }) {
    return ["", this.event].includes(event) && !(this.epoch in by);
  }

  /** @param {AcknowledgedRow[]} rows */
  async #put(rows) {
    await this.storage.write(["acknowledged"], (store) => {
      for (const row of rows) store("acknowledged").put(row);
    });
    this.believe(rows);
  }
}

/**
 * Return the number in a counter that is of this scan; 0 else.
 * @param {string} counter
 * @param {string} scanId
 */
function numberOf(counter, scanId) {
  const [number, of] = counter.split(" ");
  return of === scanId && /^[0-9]{1,15}$/.test(number) ? Number(number) : 0;
}
