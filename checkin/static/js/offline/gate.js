// This browser at its gate: the parts put together.

import { Courier, faultOf } from "../server/courier.js";
import { Delivery } from "../server/delivery.js";
import { DeskSupply } from "../server/desk-supply.js";
import { AskedTooOften, Line, TokenRefused, Unreachable } from "../server/line.js";
import { Refresh } from "../server/refresh.js";
import { DeviceClock } from "./clock.js";
import { OfflineGate } from "./decisions.js";
import { foundOf, HelpDesk } from "./help-desk.js";
import { HeldList } from "./list/held-list.js";
import { newScan, personScan, scannedAgain, utcText } from "./scan.js";
import { moveEarlierRows } from "./store/earlier-database.js";
import { Spool } from "./store/spool.js";
import { Storage } from "./store/storage.js";

/** @import { GateEvent } from "../server/courier.js" */
/** @import { BusKey, Found, FoundBus } from "../server/line.js" */
/** @import { ReasonRow } from "./admission.js" */
/** @import { ListedScan, OpenedBus, Rider } from "./bus.js" */
/** @import { DeskBus } from "./desk-buses.js" */
/** @import { Place } from "./store/kept-values.js" */
/** @import { NameTables } from "./names/name-sounds.js" */
/** @import { Direction, Named, Scan, ScanReply, Source, Verdict } from "./scan.js" */
/** @import { Newcomer } from "./walk-in.js" */

/**
 * What a pairing gave this browser.
 * @typedef {object} Device
 * @property {number} id
 * @property {string} token
 * @property {Place} gate
 * @property {Named & {slug: string, timezone: string}} event
 * @property {string} [public_key] of the event, which an earlier server did not tell
 * @property {string} [name] what it was called when it was paired
 * @property {boolean} [opened] this browser has opened the gate before
 */

/**
 * Open what this browser keeps; `start` begins to talk to the server.
 * Throws StorageFault where the browser keeps nothing.
 * @param {Device} device
 * @param {(gateEvent: GateEvent) => void} tell hears everything that happens
 * @param {ReasonRow[]} reasons
 * @param {NameTables} tables by which a help desk finds names
 */
export async function openGate(device, tell, reasons, tables) {
  const storage = new Storage();
  await moveEarlierRows(storage);
  const spool = await Spool.of(storage);
  const before = spool.kept.value("device_id");
  // What another pairing left is not this gate's, unsent scans apart.
  if (before !== null && before !== device.id) await spool.wipe(false);
  // Browsers erase what pages keep when the disk is full: scans may be lost, and that is said.
  const wasErased = Boolean(device.opened) && before === null;
  await spool.kept.keep({ device_id: device.id, ...(wasErased ? { lost: true } : {}) });
  const held = new HeldList(storage, spool.kept, device.event.slug);
  const clock = new DeviceClock({ keptSkew: spool.lastSkew, floor: held.confirmedAt });
  const desk = await HelpDesk.of(storage, held, clock, tables);
  const gate = new Gate(device, { spool, held, clock, desk }, tell, reasons);
  gate.wasErased = wasErased;
  return gate;
}

export class Gate {
  wasErased = false;
  /** @type {Map<string, Scan>} */
  #unanswered = new Map();

  /**
   * @param {Device} device
   * @param {{spool: Spool, held: HeldList, clock: DeviceClock, desk: HelpDesk}} kept
   * @param {(gateEvent: GateEvent) => void} tell
   * @param {ReasonRow[]} reasons
   */
  constructor(device, { spool, held, clock, desk }, tell, reasons) {
    this.clock = clock;
    this.desk = desk;
    spool.acknowledged.event = device.event.slug;
    this.line = new Line(
      device.token,
      this.clock,
      spool.acknowledged,
      () => held.publicKey || (device.public_key ?? ""),
    );
    this.spool = spool;
    this.offline = new OfflineGate(held, spool.memory, clock, device.gate, reasons, desk);
    this.tell = tell;
    const delivery = new Delivery(spool, this.line, this.offline, this.clock);
    const refresh = new Refresh(this.line, held, spool, clock, new DeskSupply(this.line, desk));
    const wipe = (/** @type {boolean} */ isPurged) => this.#wipe(isPurged);
    const whoAsks = () => ({
      device_name: device.name || `${device.id}`,
      gate: { id: this.offline.place.id, name: this.offline.place.name },
      event: device.event.slug,
    });
    this.courier = new Courier({ delivery, refresh, spool, line: this.line, tell, wipe, whoAsks });
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

  /**
   * Have the server register somebody without a badge, and return the code that admits them.
   * @param {Newcomer} newcomer
   * @param {boolean} again although somebody of this name is registered
   * @param {string} pin of the supervisor who lets this device be shown as many people again
   */
  async register(newcomer, again, pin) {
    const reply = await this.line.registerWalkIn(newcomer, again, pin);
    // A disk that fails keeps nobody out.
    await this.courier.delivery.keepNewcomer(newcomer, reply).catch(() => null);
    return reply.code;
  }

  /**
   * Open the list of a bus that a leader's badge opens, or that a search has found. Where the server does
   * not open it, the badge opens the list that is held, and a help desk makes the list of a bus that it found.
   * @param {BusKey} key
   * @param {string} [pin]
   * @returns {Promise<OpenedBus>}
   */
  async openBus(key, pin = "") {
    try {
      if (!this.courier.delivery.online && !pin) throw new Unreachable("known to be offline");
      return await this.line.openBus(key, pin);
    } catch (fault) {
      const held = pin || fault instanceof TokenRefused ? null : await this.#heldBus(key, fault);
      if (!held) throw fault;
      return held;
    }
  }

  /**
   * @param {BusKey} key
   * @param {unknown} fault of the server
   * @returns {Promise<OpenedBus | null>}
   */
  async #heldBus(key, fault) {
    if ("code" in key) return this.offline.busList(key.code);
    if (isAnswered(fault) || !this.findsHere) return null;
    const bus = await this.desk.busList(key.bus_id);
    return bus && { ...bus, people: bus.people.map((one) => this.#rider(one)) };
  }

  /** @param {Rider} one */
  #rider(one) {
    const at = this.offline.cameToday(Number(one.participant.id));
    return { ...one, arrived_at: at === null ? null : utcText(at) };
  }

  /**
   * Let the people of a bus in, each by a scan of their own, and return the verdicts in their order.
   * @param {ListedScan[]} scans
   * @param {(done: number) => void} progress hears how many have a verdict
   * @returns {Promise<Verdict[]>}
   */
  async admitBus(scans, progress) {
    await this.spool.putAll(
      scans.map(({ scan }) => scan),
      this.clock.frame,
    );
    const verdicts = [];
    for (const told of scans.map((listed) => this.courier.submitListed(listed))) {
      const verdict = await told;
      if (verdict) verdicts.push(verdict);
      progress(verdicts.length);
    }
    return verdicts;
  }

  /** The delegations as the server told them with what it lent, for when it cannot be asked. */
  get delegations() {
    return this.spool.kept.value("lent")?.delegations ?? [];
  }

  /**
   * Begin an override: one scan_id for all tries, so that a lost answer admits nobody twice.
   * @param {Scan} refused
   */
  forcedScan(refused) {
    return scannedAgain(refused, this.clock.now());
  }

  /**
   * Send a refused scan with force, and return its verdict; online only, the PIN is not kept.
   * @param {Scan} scan as `forcedScan` made it
   * @param {string} reason
   * @param {string} pin
   * @returns {Promise<Verdict>}
   */
  async override(scan, reason, pin) {
    return this.#told(scan, await this.line.override(scan, reason, pin));
  }

  /**
   * Let in somebody whom a search found, and return the verdict. What was sent and not answered is sent again as the same scan, which admits nobody twice.
   * @param {number} personId
   * @param {Direction} type
   * @param {string} pin
   * @returns {Promise<Verdict>}
   */
  async admitFound(personId, type, pin) {
    const key = `${personId} ${type}`;
    const scan =
      this.#unanswered.get(key) ?? personScan(personId, type, "search", this.clock.now());
    this.#unanswered.set(key, scan);
    const verdict = await this.#askedAbout(scan, pin);
    this.#unanswered.delete(key);
    return verdict;
  }

  /**
   * Return the verdict of the server, or of this gate on somebody whom it finds itself.
   * @param {Scan} scan
   * @param {string} pin
   * @returns {Promise<Verdict>}
   */
  async #askedAbout(scan, pin) {
    const isListed = this.desk.person(Number(scan.participant_id)) !== null;
    try {
      if (this.courier.delivery.online || !isListed)
        return await this.#told(scan, await this.line.scanPerson(scan, pin));
    } catch (fault) {
      if (isAnswered(fault) || !isListed) throw fault;
    }
    return this.courier.delivery.decideListed(scan);
  }

  /** Whether this device has a list of people of its own, which may be locked. */
  get findsHere() {
    return this.desk.isOne || this.desk.holdsPeople;
  }

  /**
   * Return the first people whom a text finds at the server, or else in the list of a help desk.
   * @param {string} text
   * @param {string} pin of the supervisor who lets this device be shown as many people again
   * @returns {Promise<{people: Found[], more: number, buses: FoundBus[]}>}
   */
  async search(text, pin) {
    try {
      if (this.courier.delivery.online || !this.findsHere) return await this.#searched(text, pin);
    } catch (fault) {
      if (isAnswered(fault) || !this.findsHere) throw fault;
    }
    const { people, more, buses } = await this.desk.search(text);
    const told = people.map((one) =>
      foundOf(one, this.offline.cameToday(Number(one.participant.id))),
    );
    return { people: told, more, buses: buses.map(foundBusOf) };
  }

  /**
   * @param {string} text
   * @param {string} pin
   */
  async #searched(text, pin) {
    const found = await this.line.search(text, pin);
    if (this.desk.isOne) await this.desk.countShown(found.people.map(({ id }) => id));
    return found;
  }

  /** Leave the gate for good: the lease is given back, and everything but unsent scans erased. */
  async leave() {
    this.courier.stop();
    await this.#returnLease();
    await this.#wipe();
  }

  async #wipe(isPurged = false) {
    this.desk.lock();
    await this.spool.wipe(true, isPurged);
  }

  /**
   * Keep whom the reply counts, and return the verdict.
   * @param {Scan} scan
   * @param {ScanReply} reply
   * @returns {Promise<Verdict>}
   */
  async #told(scan, reply) {
    await this.courier.delivery.keep(scan, reply);
    return { ...reply, scan };
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

/**
 * Return a bus of the list of people as a search shows it: it names nobody.
 * @param {DeskBus} bus
 * @returns {FoundBus}
 */
function foundBusOf({ id, name, delegation, people }) {
  const { name: of, name_ar: ofAr = null } = delegation;
  return { id, name, delegation: of, delegation_ar: ofAr, passengers: people.length };
}

/**
 * Say whether the server has answered, be it that it was asked too often.
 * @param {unknown} fault
 */
const isAnswered = (fault) => !(fault instanceof Unreachable) || fault instanceof AskedTooOften;
