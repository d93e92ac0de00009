// Where a scan is safe before anybody acts on it. A scan leaves it in two ways only: the server
// acknowledged its very scan_id, or said that it will never take it.
import { Acknowledged } from "../acknowledged.js";
import { keptScan } from "../scan.js";
import { WaitingWalkIns } from "../waiting-walk-ins.js";
import { KeptValues } from "./kept-values.js";
import { byPosition, Memory, nextPosition } from "./memory.js";

/** @import { Reason } from "../admission.js" */
/** @import { AcknowledgedRow, RegisteredRow, Told } from "../acknowledged.js" */
/** @import { LeaseReply } from "../leases.js" */
/** @import { Passage, PassageRow } from "./memory.js" */
/** @import { KeptScan, Scan } from "../scan.js" */
/** @import { Storage, StoreName } from "./storage.js" */
/** @import { WalkInRow } from "../waiting-walk-ins.js" */
/** @import { WalkIn } from "../walk-in.js" */

/**
 * What this device decided by itself.
 * @typedef {object} Decided
 * @property {"ok" | "error"} status
 * @property {Reason | null} reason
 */

/**
 * A scan that the server does not have for sure.
 * @typedef {object} WaitingRow
 * @property {string} scan_id
 * @property {number} position
 * @property {KeptScan} scan
 * @property {Decided | null} decided null while nobody has answered
 * @property {string} frame of the clock that read it
 * @property {string | null} lease_id what its admission spends from
 */

/** @typedef {WaitingRow & {decided: Decided}} DecidedRow */

/**
 * A scan that the server will never take; of a walk-in with what would have registered them.
 * @typedef {object} SetAsideRow
 * @property {string} scan_id
 * @property {KeptScan & {walk_in?: WalkIn}} scan
 * @property {string} error
 * @property {Decided | null} [decided] as it waited, as are the next two; an earlier version kept none
 * @property {string} [frame]
 * @property {string | null} [lease_id]
 */

/**
 * A scan that was let in here, and the reason by which the server says otherwise.
 * @typedef {object} ContradictedRow
 * @property {string} scan_id
 * @property {Reason | null} reason
 */

/**
 * What a frame of this device's clock was ahead of the server.
 * @typedef {object} ClockRow
 * @property {string} frame
 * @property {number} skew_ms
 * @property {number} position
 */

export const LARGEST_BATCH = 500;

/** The scans that the server does not have for sure; a change is on the disk when it returns. */
export class Spool {
  /** @type {Map<string, WaitingRow>} */
  #waiting;
  /** @type {Map<string, SetAsideRow>} */
  #setAside;
  /** @type {Map<string, ClockRow>} */
  #clocks;
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();

  /**
   * @param {Storage} storage
   * @param {KeptValues} kept
   * @param {object} rows as they are stored
   * @param {WaitingRow[]} rows.waiting
   * @param {WalkInRow[]} rows.walkIns
   * @param {PassageRow[]} rows.passages
   * @param {SetAsideRow[]} rows.setAside
   * @param {ClockRow[]} rows.clocks
   * @param {AcknowledgedRow[]} [rows.acknowledged]
   * @param {RegisteredRow[]} [rows.registered]
   */
  constructor(storage, kept, rows) {
    const { waiting, walkIns, passages, setAside, clocks } = rows;
    this.storage = storage;
    this.kept = kept;
    this.#waiting = new Map(byPosition(waiting).map((row) => [row.scan_id, row]));
    this.#setAside = new Map(setAside.map((row) => [row.scan_id, row]));
    this.#clocks = new Map(byPosition(clocks).map((row) => [row.frame, row]));
    const { acknowledged = [], registered = [] } = rows;
    this.acknowledged = new Acknowledged(storage, kept, acknowledged, registered);
    const unheard = {
      has: (/** @type {string} */ id) => this.#waiting.has(id) || this.walkIns.has(id),
      isLost: (/** @type {string} */ id) => this.acknowledged.isLost(id),
    };
    this.memory = new Memory(passages, unheard, kept);
    const become = {
      waiting: this.#waiting,
      setAside: this.#setAside,
      memory: this.memory,
      acknowledged: this.acknowledged,
    };
    this.walkIns = new WaitingWalkIns(storage, walkIns, become);
  }

  /** @param {Storage} storage */
  static async of(storage) {
    const kept = await KeptValues.of(storage);
    return new Spool(storage, kept, {
      waiting: await storage.all("waiting"),
      walkIns: await storage.all("walk_ins"),
      passages: await storage.all("passages"),
      setAside: await storage.all("set_aside"),
      clocks: await storage.all("clocks"),
      acknowledged: await storage.all("acknowledged"),
      registered: await storage.all("registered_walk_ins"),
    });
  }

  get waitingCount() {
    return this.#waiting.size + this.walkIns.count;
  }

  get setAsideCount() {
    return this.#setAside.size;
  }

  get decidedCount() {
    return [...this.#waiting.values()].filter(isDecided).length + this.walkIns.count;
  }

  /** The scans that a person must look at: {scan, error}. */
  get setAsideList() {
    return [...this.#setAside.values()];
  }

  /**
   * Run `work` alone: nothing is given away between its reading and its writing.
   * @template Result
   * @param {() => Promise<Result>} work
   * @returns {Promise<Result>}
   */
  alone(work) {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => null);
    return turn;
  }

  /**
   * Make a scan safe, without its code; the same scan twice is kept once.
   * @param {Scan} scan
   * @param {string} frame of the clock that read it
   */
  async put(scan, frame) {
    if (this.#waiting.has(scan.scan_id)) return;
    /** @type {WaitingRow} */
    const row = {
      scan_id: scan.scan_id,
      position: nextPosition(this.#waiting),
      scan: keptScan(scan),
      decided: null,
      frame,
      lease_id: null,
    };
    await this.storage.write(["waiting"], (store) => store("waiting").put(row));
    this.#waiting.set(row.scan_id, row);
  }

  /**
   * Make the scans of a bus safe, all or none.
   * @param {KeptScan[]} scans
   * @param {string} frame of the clock that read them
   */
  async putAll(scans, frame) {
    const first = nextPosition(this.#waiting);
    const rows = scans.map((scan, at) => ({
      scan_id: scan.scan_id,
      position: first + at,
      scan,
      decided: null,
      frame,
      lease_id: null,
    }));
    await this.storage.write(["waiting"], (store) => {
      for (const row of rows) store("waiting").put(row);
    });
    for (const row of rows) this.#waiting.set(row.scan_id, row);
  }

  /**
   * Keep what the person is told about a scan that waits, and whom it counts.
   * @param {string} scanId
   * @param {Decided} decided
   * @param {Passage | null} passage
   */
  async decide(scanId, decided, passage) {
    const waiting = this.#waiting.get(scanId);
    if (!waiting) throw new Error(`no scan ${scanId} waits`);
    const row = { ...waiting, decided, lease_id: passage?.lease_id ?? null };
    const counted = this.memory.rowOf(passage);
    await this.storage.write(["waiting", "passages"], (store) => {
      store("waiting").put(row);
      if (counted) store("passages").put(counted);
    });
    this.#waiting.set(scanId, row);
    this.memory.believe(counted);
  }

  /**
   * Drop the scans that the server has acknowledged by their ids.
   * @param {string[]} scanIds
   * @param {Passage | null} passage whom the acknowledgement counts
   * @param {Told[]} told
   */
  async done(scanIds, passage = null, told = []) {
    const counted = this.memory.rowOf(passage);
    const kept = this.acknowledged.rowsOf(told);
    await this.storage.write(["waiting", "passages", "acknowledged"], (store) => {
      for (const scanId of scanIds) store("waiting").delete(scanId);
      if (counted) store("passages").put(counted);
      for (const row of kept) store("acknowledged").put(row);
    });
    for (const scanId of scanIds) this.#waiting.delete(scanId);
    this.memory.believe(counted);
    this.acknowledged.believe(kept);
  }

  /**
   * Drop the scans of a batch that the server took, and list those it contradicts or refuses.
   * @param {string[]} taken
   * @param {ContradictedRow[]} contradicted
   * @param {SetAsideRow[]} setAside
   * @param {Told[]} told
   */
  async settle(taken, contradicted, setAside, told = []) {
    const kept = this.acknowledged.rowsOf(told);
    await this.storage.write(["waiting", "contradicted", "set_aside", "acknowledged"], (store) => {
      for (const row of kept) store("acknowledged").put(row);
      for (const row of contradicted) store("contradicted").put(row);
      for (const row of setAside) store("set_aside").put(row);
      for (const scanId of taken) store("waiting").delete(scanId);
    });
    this.acknowledged.believe(kept);
    for (const row of setAside) this.#setAside.set(row.scan_id, row);
    for (const scanId of taken) this.#waiting.delete(scanId);
  }

  /**
   * Move a scan that the server will never take to the list for a person to look at.
   * @param {string} scanId
   * @param {string} error
   */
  async setAside(scanId, error) {
    const waiting = this.#waiting.get(scanId);
    if (waiting) await this.settle([scanId], [], [setAsideRow(waiting, error)]);
  }

  /**
   * Let everything that was set aside wait again, as history; return how many scans that are. What an
   * epoch had acknowledged is offered to it again.
   */
  async sendAgain() {
    const rows = [...this.#setAside.values()];
    const unheard = this.acknowledged.unheard(rows.map(({ scan_id: id }) => id));
    const kept = new Set(unheard.map(({ scan_id: id }) => id));
    const others = rows.filter(({ scan_id: id }) => !kept.has(id));
    const walkIns = this.walkIns.rowsAgain(others);
    const first = nextPosition(this.#waiting);
    const waiting = others
      .filter(({ scan }) => !scan.walk_in)
      .map((row, at) => {
        const decided = whatWasTold(row.decided, this.memory.counted(row.scan_id));
        return waitingRow({ ...row, decided }, first + at);
      });
    await this.storage.write(["waiting", "walk_ins", "set_aside", "acknowledged"], (store) => {
      for (const row of waiting) store("waiting").put(row);
      for (const row of walkIns) store("walk_ins").put(row);
      for (const row of unheard) store("acknowledged").put(row);
      for (const { scan_id: id } of rows) store("set_aside").delete(id);
    });
    for (const row of waiting) this.#waiting.set(row.scan_id, row);
    this.walkIns.believe(walkIns);
    this.acknowledged.believe(unheard);
    for (const { scan_id: id } of rows) this.#setAside.delete(id);
    return rows.length;
  }

  /**
   * Note that a walk-in is registered again: their scans name the badge that they have now.
   * @param {RegisteredRow} before
   * @param {string} ref
   * @param {string} epoch
   */
  async walkInIsBack(before, ref, epoch) {
    const row = this.acknowledged.registeredRow(before.walk_in, ref, epoch);
    const kept = this.acknowledged.renamed(before.ref, ref);
    const waiting = [...this.#waiting.values()]
      .filter(({ scan }) => scan.badge_ref === before.ref)
      .map((one) => ({ ...one, scan: { ...one.scan, badge_ref: ref } }));
    await this.storage.write(["waiting", "acknowledged", "registered_walk_ins"], (store) => {
      for (const one of waiting) store("waiting").put(one);
      for (const one of kept) store("acknowledged").put(one);
      store("registered_walk_ins").put(row);
    });
    for (const one of waiting) this.#waiting.set(one.scan_id, one);
    this.acknowledged.believe(kept);
    this.acknowledged.believeRegistered(row);
  }

  /**
   * Return the oldest scans that were answered here and wait, all read by one clock.
   * @param {Set<string>} besides ids of scans that are left out
   */
  decided(besides = new Set()) {
    const waiting = [...this.#waiting.values()].filter((one) => !besides.has(one.scan_id));
    const rows = waiting.filter(isDecided);
    return rows.filter((one) => one.frame === rows[0].frame).slice(0, LARGEST_BATCH);
  }

  /**
   * Return the frame of the clock that read a scan which waits, or null.
   * @param {string} scanId
   */
  frameOf(scanId) {
    return this.#waiting.get(scanId)?.frame ?? null;
  }

  /** Return the scans that got no answer yet: in flight, or cut off by a crash. */
  undecided() {
    return [...this.#waiting.values()].filter((one) => !one.decided).map((one) => one.scan);
  }

  /**
   * Keep what was lent in place of the lease before, with what is charged to it already.
   * @param {LeaseReply} body
   * @param {string} leaseId
   */
  async takeLease(body, leaseId) {
    await this.alone(async () => {
      const charged = this.memory.chargedTo(leaseId);
      await this.storage.write(["kept", "passages"], (store) => {
        this.kept.writeIn(store, { lent: body });
        for (const row of charged) store("passages").put(row);
      });
      this.kept.believe({ lent: body });
      for (const row of charged) this.memory.believe(row);
    });
  }

  /** Lend nothing more until there is a new lease. */
  async dropLease() {
    await this.alone(() => this.kept.keep({ lent: null }));
  }

  /**
   * Forget whose passage it was that was annulled.
   * @param {string} scanId
   */
  async forgetPassage(scanId) {
    await this.acknowledged.annul(scanId);
    const row = this.memory.nobodys(scanId);
    if (!row) return;
    await this.storage.write(["passages"], (store) => store("passages").put(row));
    this.memory.believe(row);
  }

  /** Forget people's numbers, which may be others' in another epoch; their badges stay. */
  async forgetNumbers() {
    const rows = this.memory.numberless();
    await this.storage.write(["passages"], (store) => {
      for (const row of rows) store("passages").put(row);
    });
    for (const row of rows) this.memory.believe(row);
  }

  /**
   * Keep what a frame of the clock has measured.
   * @param {string} frame
   * @param {number} skewMs
   */
  async keepSkew(frame, skewMs) {
    const row = { frame, skew_ms: skewMs, position: nextPosition(this.#clocks) };
    await this.storage.write(["clocks"], (store) => store("clocks").put(row));
    this.#clocks.delete(frame);
    this.#clocks.set(frame, row);
  }

  /**
   * Return what a frame of the clock measured, or null.
   * @param {string | null} frame
   */
  skewOf(frame) {
    return frame === null ? null : (this.#clocks.get(frame)?.skew_ms ?? null);
  }

  /** The skew that the newest measuring clock kept; 0 where none has measured. */
  get lastSkew() {
    return [...this.#clocks.values()].at(-1)?.skew_ms ?? 0;
  }

  /**
   * Erase the gate list, the lease and whom this gate counted.
   * Scans that the server has not taken stay, and those of which a restored one may know nothing: they
   * hold references, times and no names that can be read.
   * @param {boolean} forGood nothing is written any more
   * @param {boolean} isPurged of the event nothing may stay
   */
  async wipe(forGood, isPurged = false) {
    if (forGood) await this.acknowledged.forget(isPurged);
    const { met } = this.acknowledged;
    const unsent = this.waitingCount + this.#setAside.size + this.acknowledged.count;
    /** @type {StoreName[]} */
    const ofScans = ["waiting", "walk_ins", "set_aside", "clocks"];
    /** @type {StoreName[]} */
    const ofPeople = ["kept", "entries", "tombstones", "segments", "passages", "contradicted"];
    /** @type {StoreName[]} */
    const ofDesks = ["pages", "shown"];
    const erased = [...ofPeople, ...ofDesks, ...(unsent ? [] : ofScans)];
    await this.storage.empty(erased, forGood);
    this.kept.forget();
    this.memory.forgetAll();
    if (!forGood) await this.kept.keep({ epochs: met });
  }
}

/**
 * @param {WaitingRow} row
 * @returns {row is DecidedRow}
 */
function isDecided(row) {
  return row.decided !== null;
}

/**
 * @param {{scan: KeptScan, decided?: Decided | null, frame?: string, lease_id?: string | null}} row as it
 *   waited, or was offered
 * @param {string} error
 * @returns {SetAsideRow}
 */
export function setAsideRow({ scan, decided = null, frame = "", lease_id = null }, error) {
  return { scan_id: scan.scan_id, scan, error, decided, frame, lease_id };
}

/**
 * Return what happened at the gate on a scan that was set aside. It is never decided as a new one: whoever
 * was turned away on it is not there any more.
 * @param {Decided | null | undefined} decided what this device had decided; none where it had not, so that
 *   the volunteer was shown a refusal, or an earlier version has not kept it
 * @param {boolean} wasCounted this device has counted the person in on this scan
 * @returns {Decided}
 */
export function whatWasTold(decided, wasCounted) {
  return decided ?? { status: wasCounted ? "ok" : "error", reason: null };
}

/**
 * @param {SetAsideRow} row
 * @param {number} position
 * @returns {WaitingRow}
 */
function waitingRow({ scan_id, scan, decided = null, frame = "", lease_id = null }, position) {
  return { scan_id, position, scan, decided, frame, lease_id };
}
