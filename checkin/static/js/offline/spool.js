// Where a scan is safe before anybody acts on it. A scan leaves it in two ways only: the server
// acknowledged its very scan_id, or said that it will never take it.
import { KeptValues } from "./kept-values.js";
import { byPosition, Memory, nextPosition } from "./memory.js";
import { WaitingWalkIns } from "./waiting-walk-ins.js";

const LARGEST_BATCH = 500;

/** The scans that the server does not have for sure; a change is on the disk when it returns. */
export class Spool {
  #waiting;
  #setAside;
  #clocks;
  #turn = Promise.resolve();

  constructor(storage, kept, { waiting, walkIns, passages, setAside, clocks }) {
    this.storage = storage;
    this.kept = kept;
    this.#waiting = new Map(byPosition(waiting).map((row) => [row.scan_id, row]));
    this.#setAside = new Map(setAside.map((row) => [row.scan_id, row]));
    this.#clocks = new Map(byPosition(clocks).map((row) => [row.frame, row]));
    const unheard = { has: (id) => this.#waiting.has(id) || this.walkIns.has(id) };
    this.memory = new Memory(passages, unheard, kept);
    const become = { waiting: this.#waiting, setAside: this.#setAside, memory: this.memory };
    this.walkIns = new WaitingWalkIns(storage, walkIns, become);
  }

  static async of(storage) {
    const kept = await KeptValues.of(storage);
    return new Spool(storage, kept, {
      waiting: await storage.all("waiting"),
      walkIns: await storage.all("walk_ins"),
      passages: await storage.all("passages"),
      setAside: await storage.all("set_aside"),
      clocks: await storage.all("clocks"),
    });
  }

  get waitingCount() {
    return this.#waiting.size + this.walkIns.count;
  }

  get setAsideCount() {
    return this.#setAside.size;
  }

  get decidedCount() {
    return [...this.#waiting.values()].filter((one) => one.decided).length + this.walkIns.count;
  }

  /** The scans that a person must look at: {scan, error}. */
  get setAsideList() {
    return [...this.#setAside.values()];
  }

  /** Run `work` alone: nothing is given away between its reading and its writing. */
  alone(work) {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => null);
    return turn;
  }

  /** Make a scan safe; the same scan twice is kept once. `frame` names the clock that read it. */
  async put(scan, frame) {
    if (this.#waiting.has(scan.scan_id)) return;
    const row = {
      scan_id: scan.scan_id,
      position: nextPosition(this.#waiting),
      scan,
      decided: null,
      frame,
      lease_id: null,
    };
    await this.storage.write(["waiting"], (store) => store("waiting").put(row));
    this.#waiting.set(row.scan_id, row);
  }

  /** Keep what the person is told about a scan that waits, and whom it counts. */
  async decide(scanId, decided, passage) {
    const row = { ...this.#waiting.get(scanId), decided, lease_id: passage?.lease_id ?? null };
    const counted = this.memory.rowOf(passage);
    await this.storage.write(["waiting", "passages"], (store) => {
      store("waiting").put(row);
      if (counted) store("passages").put(counted);
    });
    this.#waiting.set(scanId, row);
    this.memory.believe(counted);
  }

  /** Drop the scans that the server has acknowledged by their ids. */
  async done(scanIds, passage = null) {
    const counted = this.memory.rowOf(passage);
    await this.storage.write(["waiting", "passages"], (store) => {
      scanIds.forEach((scanId) => store("waiting").delete(scanId));
      if (counted) store("passages").put(counted);
    });
    scanIds.forEach((scanId) => this.#waiting.delete(scanId));
    this.memory.believe(counted);
  }

  /** Drop the scans of a batch that the server took, and list those it contradicts or refuses. */
  async settle(taken, contradicted, setAside) {
    await this.storage.write(["waiting", "contradicted", "set_aside"], (store) => {
      contradicted.forEach((row) => store("contradicted").put(row));
      setAside.forEach((row) => store("set_aside").put(row));
      taken.forEach((scanId) => store("waiting").delete(scanId));
    });
    setAside.forEach((row) => this.#setAside.set(row.scan_id, row));
    taken.forEach((scanId) => this.#waiting.delete(scanId));
  }

  /** Move a scan that the server will never take to the list for a person to look at. */
  async setAside(scan, error) {
    await this.settle([scan.scan_id], [], [setAsideRow(scan, error)]);
  }

  /**
   * Return the oldest scans that were answered here and wait, all read by one clock.
   * @param besides ids of scans that are left out
   */
  decided(besides = new Set()) {
    const rows = [...this.#waiting.values()].filter(
      (one) => one.decided && !besides.has(one.scan_id),
    );
    return rows.filter((one) => one.frame === rows[0].frame).slice(0, LARGEST_BATCH);
  }

  /** Return the frame of the clock that read a scan which waits, or null. */
  frameOf(scanId) {
    return this.#waiting.get(scanId)?.frame ?? null;
  }

  /** Return the scans that got no answer yet: in flight, or cut off by a crash. */
  undecided() {
    return [...this.#waiting.values()].filter((one) => !one.decided).map((one) => one.scan);
  }

  /** Keep what was lent in place of the lease before, with what is charged to it already. */
  async takeLease(body, leaseId) {
    await this.alone(async () => {
      const charged = this.memory.chargedTo(leaseId);
      await this.storage.write(["kept", "passages"], (store) => {
        this.kept.writeIn(store, { lent: body });
        charged.forEach((row) => store("passages").put(row));
      });
      this.kept.believe({ lent: body });
      charged.forEach((row) => this.memory.believe(row));
    });
  }

  /** Lend nothing more until there is a new lease. */
  async dropLease() {
    await this.alone(() => this.kept.keep({ lent: null }));
  }

  /** Forget whose passage it was that was annulled. */
  async forgetPassage(scanId) {
    const row = this.memory.nobodys(scanId);
    if (!row) return;
    await this.storage.write(["passages"], (store) => store("passages").put(row));
    this.memory.believe(row);
  }

  async keepSkew(frame, skewMs) {
    const row = { frame, skew_ms: skewMs, position: nextPosition(this.#clocks) };
    await this.storage.write(["clocks"], (store) => store("clocks").put(row));
    this.#clocks.delete(frame);
    this.#clocks.set(frame, row);
  }

  skewOf(frame) {
    return this.#clocks.get(frame)?.skew_ms ?? null;
  }

  /** The skew that the newest measuring clock kept; 0 where none has measured. */
  get lastSkew() {
    return [...this.#clocks.values()].at(-1)?.skew_ms ?? 0;
  }

  /**
   * Erase the gate list, the lease and whom this gate counted.
   * Scans that the server has not taken stay: they hold codes, times and no names that can be read.
   * @param forGood nothing is written any more
   */
  async wipe(forGood) {
    const unsent = this.waitingCount + this.#setAside.size;
    const ofScans = ["waiting", "walk_ins", "set_aside", "clocks"];
    const ofPeople = ["kept", "entries", "tombstones", "passages", "contradicted"];
    await this.storage.empty(unsent ? ofPeople : [...ofPeople, ...ofScans], forGood);
    this.kept.forget();
    this.memory.forgetAll();
  }
}

export function setAsideRow(scan, error) {
  return { scan_id: scan.scan_id, scan, error };
}
