// This browser at its gate: the parts put together.
import { Courier, faultOf } from "../server/courier.js";
import { Delivery } from "../server/delivery.js";
import { Line } from "../server/line.js";
import { Refresh } from "../server/refresh.js";
import { DeviceClock } from "./clock.js";
import { OfflineGate, tagOf } from "./decisions.js";
import { HeldList } from "./held-list.js";
import { passageTold } from "./memory.js";
import { newScan } from "./scan.js";
import { Spool } from "./spool.js";
import { Storage } from "./storage.js";

/** @import { Happening } from "../server/courier.js" */
/** @import { Place } from "./kept-values.js" */
/** @import { Direction, Scan, Source, Verdict } from "./scan.js" */
/** @import { Newcomer } from "./walk-in.js" */

/**
 * What a pairing gave this browser.
 * @typedef {object} Device
 * @property {number} id
 * @property {string} token
 * @property {Place} gate
 * @property {{slug: string, name: string, timezone: string}} event
 * @property {boolean} [opened] this browser has opened the gate before
 */

/**
 * Open what this browser keeps; `start` begins to talk to the server.
 * Throws StorageFault where the browser keeps nothing.
 * @param {Device} device
 * @param {(happening: Happening) => void} tell hears everything that happens
 */
export async function openGate(device, tell) {
  const storage = new Storage();
  const spool = await Spool.of(storage);
  const before = spool.kept.value("device_id");
  // What another pairing left is not this gate's, unsent scans apart.
  if (before !== null && before !== device.id) await spool.wipe(false);
  await spool.kept.keep({ device_id: device.id });
  const gate = new Gate(device, storage, spool, tell);
  // Browsers erase what pages keep when the disk is full: scans may be lost, and that is said.
  gate.wasErased = Boolean(device.opened) && before === null;
  return gate;
}

export class Gate {
  wasErased = false;

  /**
   * @param {Device} device
   * @param {Storage} storage
   * @param {Spool} spool
   * @param {(happening: Happening) => void} tell
   */
  constructor(device, storage, spool, tell) {
    const held = new HeldList(storage, spool.kept, device.event.slug);
    this.clock = new DeviceClock({ keptSkew: spool.lastSkew, floor: held.confirmedAt });
    this.line = new Line(device.token, this.clock);
    this.spool = spool;
    this.offline = new OfflineGate(held, spool.memory, this.clock, device.gate);
    this.tell = tell;
    const delivery = new Delivery(spool, this.line, this.offline, this.clock);
    const refresh = new Refresh(this.line, held, spool, this.clock);
    const wipe = () => spool.wipe(true);
    this.courier = new Courier({ delivery, refresh, spool, line: this.line, tell, wipe });
  }

  start() {
    this.courier.start();
  }

  /**
   * Make a reading safe and send it on its way; false where it could not be kept.
   * @param {string} code
   * @param {Direction} type
   * @param {Source} source
   */
  async read(code, type, source) {
    const scan = newScan(code, type, source, this.clock.now());
    try {
      await this.spool.put(scan, this.clock.frame);
    } catch (fault) {
      this.tell({ verdict: { scan, fault: faultOf(fault) } });
      return false;
    }
    this.courier.submit(scan);
    return true;
  }

  /**
   * Let somebody without a badge in on a place lent to this gate, or say why not.
   * @param {Newcomer} newcomer
   */
  async admit(newcomer) {
    return this.courier.admit(newcomer, newScan("", "entry", "typed", this.clock.now()));
  }

  /** The delegations as the server told them with what it lent, for when it cannot be asked. */
  get delegations() {
    return this.spool.kept.value("lent")?.delegations ?? [];
  }

  /**
   * Begin an override: one scan_id for all tries, so that a lost answer admits nobody twice.
   * @param {Scan} refused
   */
  forcedScan({ code, type, source }) {
    return newScan(code, type, source, this.clock.now());
  }

  /**
   * Send a refused scan with force, and return its verdict; online only, the PIN is not kept.
   * @param {Scan} scan
   * @param {string} reason
   * @param {string} pin
   * @returns {Promise<Verdict>}
   */
  async override(scan, reason, pin) {
    const reply = await this.line.override(scan, reason, pin);
    const at = this.clock.corrected(Date.parse(scan.scanned_at));
    const passage = passageTold(scan, await tagOf(scan), reply, at, this.offline.place.name);
    await this.spool.done([], passage).catch(() => null);
    return { ...reply, scan };
  }

  /** Leave the gate for good: the lease is given back, and everything but unsent scans erased. */
  async leave() {
    this.courier.stop();
    await this.#returnLease();
    await this.spool.wipe(true);
  }

  async #returnLease() {
    const lease = this.spool.memory.lease();
    // While the server has yet to hear of a place given away, it would lend that place again.
    if (!lease || this.spool.waitingCount) return;
    // Here first: a place that another device holds must not be given away at this one too.
    await this.spool.dropLease();
    await this.line.returnLease(lease.leaseId).catch(() => null); // then it runs out by itself
  }
}
