// Talks to the server in the background, so that neither camera nor screen ever waits for it.

import { ListRefused } from "../offline/list/list-checks.js";
import { tagOf } from "../offline/scan.js";
import { StorageFault } from "../offline/store/storage.js";
import { randomId } from "../shared/bytes.js";
import {
  AnsweredByAnother,
  ComeLater,
  Rejected,
  ServerFailed,
  TokenRefused,
  Unreachable,
} from "./line.js";
import { EVERY_MS } from "./refresh.js";

/** @import { ListedScan } from "../offline/bus.js" */
/** @import { Fault, KeptScan, Scan, Verdict } from "../offline/scan.js" */
/** @import { Spool } from "../offline/store/spool.js" */
/** @import { Newcomer } from "../offline/walk-in.js" */
/** @import { Delivery } from "./delivery.js" */
/** @import { Line, StatusReply } from "./line.js" */
/** @import { Freshness, Refresh } from "./refresh.js" */

/**
 * How the line to the server stands; the counts are there when the server has just told them.
 * @typedef {Freshness & {online: boolean, counts: StatusReply | null}} LineState
 */

/**
 * Something that happened; each tells one thing.
 * @typedef {object} GateEvent
 * @property {Verdict} [verdict]
 * @property {LineState} [line]
 * @property {number} [uploaded] so many scans have reached the server
 * @property {number} [contradicted] of those, so many let somebody in whom the server would not have
 * @property {Fault} [trouble]
 * @property {"annulled" | "annul_refused" | "annul_offline"} [annulled] how it went to take a scan back
 * @property {string} [scanId] of that scan
 * @property {"wiped" | "token_refused"} [stopped] for good
 * @property {boolean} [unknown] the server was put back, and does not know this gate any more
 * @property {number} [offered] so many scans that a restore had lost are with the server again
 * @property {number} [sentAgain] so many scans that were set aside are sent once more
 * @property {number} [waiting] so many scans are left when it stopped
 */

const ROUND_MS = 1_000;
const STATUS_EVERY_MS = 10_000;
/** Between these the first batch is offered again, and each further one. */
const FIRST_OFFER_MS = [0, 5_000];
const NEXT_OFFER_MS = [500, 2_000];
const AFTER_A_FAILURE_MS = 30_000;
/** What answers in the server's place is told again after this time. */
const SAID_FOR_MS = 60_000;
const ANNULLED = "taken back at the gate";

/**
 * Delivers new scans one after the other; what waited and the heartbeat go on beside them.
 */
export class Courier {
  /** @type {Promise<unknown>} */
  #fresh = Promise.resolve();
  /** @type {KeptScan[]} */
  #cutOff; // of an earlier run, without an answer
  /** @type {Scan[]} */
  #awaited = []; // of this run, without an answer: somebody stands at the gate
  #over = false;
  #tending = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #nextStatus = 0;
  #nextRefresh = 0;
  #suppliedEpoch = "";
  #fetching = false; // segments of a long list, beside the rounds
  /** @type {number | null} */
  #nextOffer = null;
  #offered = 0;
  #turn = 0; // that no answer has confirmed yet
  #run = randomId().replaceAll("-", ""); // of this page, which a copy of what it keeps does not have
  #nextQuestion = 0;
  #nextWordOfAnother = Number.NEGATIVE_INFINITY;
  /** @type {"known" | "asks" | "brings"} on its way back to a server that does not know it any more */
  #standing = "known";

  /**
   * @param {object} parts
   * @param {Delivery} parts.delivery
   * @param {Refresh} parts.refresh
   * @param {Spool} parts.spool
   * @param {Line} parts.line
   * @param {(gateEvent: GateEvent) => void} parts.tell
   * @param {(isPurged: boolean) => Promise<void>} parts.wipe erases what this browser keeps
   * @param {() => object} [parts.whoAsks] what an organiser sees who is asked to take this device back
   */
  constructor({ delivery, refresh, spool, line, tell, wipe, whoAsks = () => ({}) }) {
    this.whoAsks = whoAsks;
    this.delivery = delivery;
    this.refresh = refresh;
    this.spool = spool;
    this.line = line;
    this.tell = tell;
    this.wipe = wipe;
    // Looked up before the first scan of this run, which will be undecided for a moment too.
    this.#cutOff = spool.undecided();
  }

  start() {
    this.hurry();
  }

  /** Do a round now, unless one is under way: the browser said that the network is back. */
  hurry() {
    if (this.#tending) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tend(), 0);
  }

  stop() {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  /**
   * Take a scan that is safe in the spool; its verdict comes through `tell`.
   * @param {Scan} scan
   */
  submit(scan) {
    return this.#next(() => this.#deliver(scan, (verdict) => this.tell({ verdict })));
  }

  /** @param {() => Promise<void>} work goes after what was submitted before */
  #next(work) {
    const delivered = this.#fresh.then(work);
    this.#fresh = delivered.catch(() => null); // what fails for one scan does not end the others
    return delivered;
  }

  /**
   * Take the scan of somebody on the list of a bus, which is safe in the spool, and return its verdict.
   * @param {ListedScan} listed
   * @returns {Promise<Verdict | null>} null where this gate was closed meanwhile
   */
  async submitListed(listed) {
    /** @type {Verdict | null} */
    let told = null;
    const hear = (/** @type {Verdict} */ verdict) => {
      told = verdict;
    };
    await this.#next(() => this.#deliver(listed.scan, hear, listed));
    return told;
  }

  /**
   * Take back the scans of a bus in one act; return how many of them are.
   * @param {string[]} scanIds
   */
  async annulBus(scanIds) {
    const annulled = await this.line.annulBus(scanIds, ANNULLED);
    for (const scanId of annulled) await this.spool.forgetPassage(scanId);
    return annulled.length;
  }

  /**
   * Take back a scan; how it went comes through `tell`.
   * @param {string} scanId
   */
  async annul(scanId) {
    try {
      await this.line.annul(scanId, ANNULLED);
      await this.spool.forgetPassage(scanId);
      this.tell({ annulled: "annulled", scanId });
    } catch (fault) {
      const annulled = fault instanceof Rejected ? "annul_refused" : "annul_offline";
      this.tell({ annulled, scanId });
    }
  }

  /**
   * Let somebody without a badge in without the server, or say why not.
   * @param {Newcomer} newcomer
   * @param {Scan} scan
   */
  async admit(newcomer, scan) {
    const verdict = await this.delivery.admit(newcomer, scan);
    this.#sayLine();
    return verdict;
  }

  /**
   * @param {Scan | KeptScan} scan
   * @param {(verdict: Verdict) => void} tell
   * @param {ListedScan} [listed]
   */
  async #deliver(scan, tell, listed) {
    if (this.#over) return;
    try {
      const verdict = await this.delivery.deliver(scan, listed);
      if (verdict.unconfirmed) this.#awaited.push(scan);
      tell(verdict);
      this.#sayWhoAnswers(this.delivery.fault);
    } catch (fault) {
      if (fault instanceof TokenRefused) {
        if (!this.#goesOn(fault)) return this.#stop(fault);
        tell(await this.delivery.decideHere(scan, listed));
        return this.#sayLine();
      }
      // It is in the spool without an answer: the server shall say what becomes of it.
      this.#awaited.push(scan);
      tell({ scan, fault: faultOf(fault) });
    }
    this.#sayLine();
  }

  /**
   * Say whether this gate goes on without a server that knew it and does no more: it was put back to a
   * state before the pairing, and has lost what this device holds.
   * @param {TokenRefused} fault
   */
  #goesOn({ wipe }) {
    if (wipe || !this.spool.acknowledged.epoch) return false;
    this.delivery.online = false;
    if (this.#standing === "known") this.#standing = "asks"; // whether it is the same server at all
    return true;
  }

  /** @param {TokenRefused} fault */
  async #stop(fault) {
    if (this.#over) return;
    this.stop();
    const waiting = this.spool.waitingCount;
    if (fault.wipe) await this.#erase(fault.purged);
    this.tell({ stopped: fault.wipe ? "wiped" : "token_refused", waiting });
  }

  // A disk that did not let everything be erased, or a lost answer, leaves the device unconfirmed,
  // which is the safe side.
  /** @param {boolean} isPurged */
  async #erase(isPurged) {
    try {
      await this.wipe(isPurged);
      await this.line.confirmWipe();
    } catch {
      return;
    }
  }

  async #tend() {
    this.#tending = true;
    // What waits goes before the refresh: a lease is renewed when nothing is unheard of.
    const usual = [this.#heartbeat, this.#resume, this.#drain, this.#supply, this.#offer];
    for (const work of this.#standing === "known" ? usual : [this.#comeBack]) {
      if (!this.#over) await this.#guarded(work);
    }
    this.#tending = false;
    if (!this.#over) this.#timer = setTimeout(() => this.#tend(), ROUND_MS);
  }

  /** @param {() => Promise<void>} work */
  async #guarded(work) {
    try {
      await work.call(this);
    } catch (fault) {
      if (this.#over) return; // wiped meanwhile: what it wanted to write has no place any more
      if (fault instanceof TokenRefused) {
        if (!this.#goesOn(fault)) return this.#stop(fault);
      } else if (fault instanceof Unreachable) {
        this.delivery.online = false;
        this.#sayWhoAnswers(fault);
      } else this.tell({ trouble: faultOf(fault) });
      this.#sayLine();
    }
  }

  /**
   * Say that something else answers in the server's place, now and then while it does.
   * @param {Unreachable | null} fault
   */
  #sayWhoAnswers(fault) {
    this.delivery.fault = null;
    const now = performance.now();
    if (!(fault instanceof AnsweredByAnother) || now < this.#nextWordOfAnother) return;
    this.#nextWordOfAnother = now + SAID_FOR_MS;
    this.tell({ trouble: { code: "answered_by_another", detail: fault.message } });
  }

  async #heartbeat() {
    if (this.delivery.online && performance.now() < this.#nextStatus) return;
    let counts = null;
    try {
      counts = await this.line.status(this.spool.waitingCount, await this.#report());
      this.#turn = 0;
      await this.refresh.noteStatus(counts);
      await this.#noteStatus(counts).catch(unlessFull); // then the next answer tells it again
      if (this.refresh.isBehind(counts)) this.#nextRefresh = 0;
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault; // a server that will not say is there too
    }
    this.#nextStatus = performance.now() + STATUS_EVERY_MS;
    this.delivery.online = true;
    this.#sayLine(counts);
  }

  /** Return what an organiser has to know of what this browser keeps. */
  async #report() {
    const { kept } = this.spool;
    // On the disk before anybody is told: a copy of it is found out by a turn that was used before.
    if (!this.#turn) {
      const turn = (kept.value("turn") ?? 0) + 1;
      await kept.keep({ turn }).then(() => {
        this.#turn = turn;
      }, unlessFull); // a full disk counts nothing
    }
    return {
      set_aside: String(this.spool.setAsideCount),
      ...(this.#turn ? { turn: String(this.#turn), run: this.#run } : {}),
      ...(kept.value("lost") ? { lost: "true" } : {}),
    };
  }

  /**
   * Send again what was set aside if an organiser asks for it, or the server is a new one.
   * @param {StatusReply} counts
   */
  async #noteStatus({ version, device }) {
    const { kept } = this.spool;
    if (kept.value("lost")) await kept.keep({ lost: false });
    const { send_again } = device ?? {};
    const isNew = Boolean(version && version !== kept.value("version"));
    const isAsked = Boolean(send_again && send_again !== kept.value("send_again"));
    if (!isNew && !isAsked) return;
    await kept.keep({ ...(version ? { version } : {}), ...(send_again ? { send_again } : {}) });
    await this.sendAgain();
  }

  /** Let what was set aside wait again; it goes with the next round. */
  async sendAgain() {
    const count = await this.spool.sendAgain();
    if (count) this.tell({ sentAgain: count });
    this.#sayLine();
  }

  /**
   * Send the scans that got no verdict before: the server decides them like new ones. Of a badge that was
   * shown again meanwhile and decided here, that later scan is sent first: the server would take one whom
   * it has let in twice for a contradiction.
   */
  async #resume() {
    for (const scan of this.#cutOff) {
      if (this.spool.memory.waits(tagOf(scan))) continue;
      await this.delivery.askAgain(scan);
      this.#cutOff = this.#cutOff.filter((one) => one !== scan);
      this.tell({ uploaded: 1, contradicted: 0 });
      this.#sayLine();
    }
    while (this.#awaited.length) {
      const verdict = await this.delivery.ask(this.#awaited[0]);
      this.#awaited.shift();
      this.tell({ verdict });
      this.#sayLine();
    }
  }

  async #drain() {
    if (!this.delivery.online) return;
    await this.delivery.registerAgain(); // scans that wait may name a badge that a restore has lost
    await this.#upload();
    if (await this.delivery.register()) await this.#upload();
  }

  async #upload() {
    const sum = { uploaded: 0, contradicted: 0 };
    try {
      let batch = await this.delivery.upload();
      while (batch.settled) {
        sum.uploaded += batch.settled;
        sum.contradicted += batch.contradicted;
        batch = await this.delivery.upload();
      }
    } finally {
      if (sum.uploaded) this.tell(sum);
      if (sum.uploaded) this.#sayLine();
    }
  }

  async #supply() {
    const { epoch } = this.spool.acknowledged;
    // A list of an earlier epoch is not as old as it says: it is another one.
    const isDue = performance.now() >= this.#nextRefresh || epoch !== this.#suppliedEpoch;
    if (!this.delivery.online) return;
    if (isDue) {
      this.#nextRefresh = performance.now() + EVERY_MS;
      this.#suppliedEpoch = epoch;
      this.#nextRefresh = performance.now() + (await this.refresh.run());
      this.#sayLine();
    }
    if (!this.refresh.held.coming || this.#fetching) return;
    // Beside what comes next: neither scans nor the heartbeat wait for a slow line.
    this.#fetching = true;
    this.#guarded(this.#fetchSegments).finally(() => {
      this.#fetching = false;
    });
  }

  async #fetchSegments() {
    const tell = () => this.#sayLine();
    try {
      const isUsed = await this.refresh.fetchSegments(() => this.#over, tell);
      if (isUsed || !this.refresh.held.coming) this.#nextRefresh = 0; // for what has changed behind it
    } catch (fault) {
      // Whether the server is there, the heartbeat finds out.
      if (!(fault instanceof Unreachable)) throw fault;
    }
    tell();
  }

  /** Offer again what a restored server has lost: one batch a turn, behind all that waits. */
  async #offer() {
    const now = performance.now();
    if (!this.delivery.online || this.spool.decidedCount) return;
    if (!this.spool.acknowledged.countToOffer) {
      this.#nextOffer = null;
      return this.#sayOffered();
    }
    // A restored server meets all gates in the same seconds.
    this.#nextOffer ??= now + between(FIRST_OFFER_MS);
    if (now < this.#nextOffer) return;
    try {
      this.#offered += await this.delivery.offer();
      this.#nextOffer = now + between(NEXT_OFFER_MS);
    } catch (fault) {
      // On one of these the server failed: live scans go on, and these come again.
      if (fault instanceof ServerFailed) this.#nextOffer = now + AFTER_A_FAILURE_MS;
      else if (fault instanceof ComeLater)
        this.#nextOffer = now + fault.seconds * between([1_000, 1_500]);
      else throw fault;
    }
  }

  #sayOffered() {
    if (this.#offered) this.tell({ offered: this.#offered });
    this.#offered = 0;
  }

  /** Ask to be taken back, and once that is done bring all that this device holds. */
  async #comeBack() {
    if (this.#standing === "asks") {
      if (performance.now() < this.#nextQuestion) return;
      this.#nextQuestion = performance.now() + STATUS_EVERY_MS;
      if (!(await this.#isTakenBack())) {
        this.tell({ unknown: true });
        return;
      }
      this.#standing = "brings";
    }
    // First of which epoch the database is, then what this device holds, before anything else: what it
    // saw is known before it decides by a new list.
    await this.line.status(this.spool.waitingCount);
    await this.#resume();
    await this.delivery.registerAgain();
    await this.#upload();
    if (await this.delivery.register()) await this.#upload();
    await this.#offerAll();
    this.#sayOffered();
    this.#standing = "known";
    this.#nextStatus = this.#nextRefresh = 0;
    this.tell({ unknown: false });
  }

  async #offerAll() {
    const { acknowledged } = this.spool;
    let left = acknowledged.countToOffer;
    while (left) {
      const before = left;
      try {
        this.#offered += await this.delivery.offer();
      } catch (fault) {
        if (fault instanceof ServerFailed) return; // on one of these: they come behind live scans
        throw fault;
      }
      left = acknowledged.countToOffer;
      if (left >= before) return; // an answer of another epoch: they come again, too
    }
  }

  async #isTakenBack() {
    const held = this.spool.waitingCount + this.spool.acknowledged.count;
    try {
      return await this.line.askToReturn({ ...this.whoAsks(), held });
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault;
      return false; // its event may not be there either
    }
  }

  /** @param {StatusReply | null} counts */
  #sayLine(counts = null) {
    if (this.#over) return;
    this.tell({ line: { online: this.delivery.online, counts, ...this.refresh.freshness() } });
  }
}

/** @param {unknown} fault */
function unlessFull(fault) {
  if (!(fault instanceof StorageFault)) throw fault;
}

/** @param {number[]} span */
const between = ([low, high]) => low + Math.random() * (high - low);

/**
 * Name a fault by the word that a person is told.
 * @param {unknown} fault
 * @returns {Fault}
 */
export function faultOf(fault) {
  if (fault instanceof StorageFault) {
    return { code: `storage_${fault.kind}`, detail: fault.message };
  }
  if (fault instanceof ListRefused) return { code: "list_refused", detail: fault.objection };
  return { code: "unexpected", detail: String(fault) };
}
