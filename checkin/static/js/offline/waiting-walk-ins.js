// The walk-ins whom this gate let in and whom the server has not registered yet.

import { keptScan, refOf, tagOf } from "./scan.js";
import { byPosition, nextPosition } from "./store/memory.js";

/** @import { Acknowledged } from "./acknowledged.js" */
/** @import { Memory, Passage } from "./store/memory.js" */
/** @import { KeptScan, Scan } from "./scan.js" */
/** @import { Decided, SetAsideRow, WaitingRow } from "./store/spool.js" */
/** @import { Storage, StoreName } from "./store/storage.js" */
/** @import { WalkIn } from "./walk-in.js" */

/**
 * A walk-in who was let in; the scan is their entry, which waits for its badge.
 * @typedef {object} WalkInRow
 * @property {string} scan_id
 * @property {number} position
 * @property {WalkIn} walk_in
 * @property {KeptScan} scan
 * @property {Decided} decided
 * @property {string} frame
 * @property {string | null} lease_id
 */

/** Those who wait; a change is on the disk when it returns. */
export class WaitingWalkIns {
  /** @type {Map<string, WalkInRow>} */
  #rows;

  /**
   * @param {Storage} storage
   * @param {WalkInRow[]} rows
   * @param {object} become what these become
   * @param {Map<string, WaitingRow>} become.waiting the spool's rows by scan_id
   * @param {Map<string, SetAsideRow>} become.setAside the same of those set aside
   * @param {Memory} become.memory
   * @param {Acknowledged} become.acknowledged
   */
  constructor(storage, rows, { waiting, setAside, memory, acknowledged }) {
    this.acknowledged = acknowledged;
    this.storage = storage;
    this.waiting = waiting;
    this.setAside = setAside;
    this.memory = memory;
    this.#rows = new Map(byPosition(rows).map((row) => [row.scan_id, row]));
  }

  get count() {
    return this.#rows.size;
  }

  get all() {
    return [...this.#rows.values()];
  }

  /** @param {string} scanId */
  has(scanId) {
    return this.#rows.has(scanId);
  }

  /**
   * Make safe that somebody is let in, and what place that takes.
   * @param {WalkIn} walkIn
   * @param {Scan} scan
   * @param {{decided: Decided, passage: Passage}} answer
   * @param {string} frame
   */
  async takeIn(walkIn, scan, { decided, passage }, frame) {
    const row = {
      scan_id: scan.scan_id,
      position: nextPosition(this.#rows),
      walk_in: walkIn,
      scan: keptScan(scan),
      decided,
      frame,
      lease_id: passage.lease_id,
    };
    const counted = this.memory.rowOf(passage);
    await this.storage.write(["walk_ins", "passages"], (store) => {
      store("walk_ins").put(row);
      if (counted) store("passages").put(counted);
    });
    this.#rows.set(row.scan_id, row);
    this.memory.believe(counted);
  }

  /**
   * Let the entry of a registered walk-in wait as any other, now that it has a badge.
   * @param {WalkInRow} walkIn
   * @param {string} code
   * @param {number} participantId
   * @param {string} epoch
   */
  async registered({ walk_in: walkIn, ...row }, code, participantId, epoch = "") {
    const scan = { ...row.scan, badge_ref: refOf(code) };
    const waits = { ...row, scan, position: nextPosition(this.waiting) };
    const known = this.memory.whose(row.scan_id, tagOf(scan), participantId);
    const kept = this.acknowledged.registeredRow(walkIn, refOf(code), epoch);
    /** @type {StoreName[]} */
    const stores = ["walk_ins", "waiting", "passages", "registered_walk_ins"];
    await this.storage.write(stores, (store) => {
      store("registered_walk_ins").put(kept);
      store("waiting").put(waits);
      store("walk_ins").delete(row.scan_id);
      if (known) store("passages").put(known);
    });
    this.acknowledged.believeRegistered(kept);
    this.waiting.set(row.scan_id, waits);
    this.#rows.delete(row.scan_id);
    this.memory.believe(known);
  }

  /**
   * Move one whom the server will never take to the list for a person to look at.
   * @param {WalkInRow} walkIn
   * @param {string} error
   */
  async putAside({ scan_id, scan, walk_in, decided, frame, lease_id }, error) {
    const aside = { scan_id, scan: { ...scan, walk_in }, error, decided, frame, lease_id };
    await this.storage.write(["walk_ins", "set_aside"], (store) => {
      store("set_aside").put(aside);
      store("walk_ins").delete(scan_id);
    });
    this.setAside.set(scan_id, aside);
    this.#rows.delete(scan_id);
  }

  /**
   * Return those who were set aside as they are to be stored to wait again; whoever is kept was let in.
   * @param {SetAsideRow[]} aside
   * @returns {WalkInRow[]}
   */
  rowsAgain(aside) {
    const first = nextPosition(this.#rows);
    return aside.flatMap(({ scan_id, scan, decided, frame = "", lease_id = null }, at) => {
      const { walk_in, ...entry } = scan;
      if (!walk_in) return [];
      const answer = decided ?? { status: /** @type {const} */ ("ok"), reason: null };
      const position = first + at;
      return [{ scan_id, position, walk_in, scan: entry, decided: answer, frame, lease_id }];
    });
  }

  /**
   * Take in what was stored.
   * @param {WalkInRow[]} rows
   */
  believe(rows) {
    for (const row of rows) this.#rows.set(row.scan_id, row);
  }
}
