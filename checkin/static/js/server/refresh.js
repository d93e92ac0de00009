// Keeps what the device decides by fresh while there is a line: gate list, lease, clock.

import { leaseFrom } from "../offline/leases.js";
import { canReadLists } from "../offline/list/gate-list.js";
import { ListRefused, STALE_AFTER_MS } from "../offline/list/list-checks.js";
import { MOST_AT_ONCE } from "../offline/list/segments.js";
import { StorageFault } from "../offline/store/storage.js";
import { ListNotReady, Rejected } from "./line.js";

/** @import { DeviceClock } from "../offline/clock.js" */
/** @import { HeldList } from "../offline/list/held-list.js" */
/** @import { Stop } from "../offline/scan.js" */
/** @import { Named } from "../offline/list/segments.js" */
/** @import { Spool } from "../offline/store/spool.js" */
/** @import { DeskSupply } from "./desk-supply.js" */
/** @import { Line, StatusReply } from "./line.js" */

/**
 * What is held and how far it can be trusted.
 * @typedef {object} Freshness
 * @property {number | null} listAgeMs
 * @property {boolean} listStale
 * @property {number | null} skewMs
 * @property {boolean} clockOff
 * @property {Stop | null} stop
 * @property {{done: number, of: number} | null} coming of a list that is arriving: how many segments are here
 */

export const EVERY_MS = 30_000;
/** Segments that came within this time came by a fast line. */
const FAST_MS = 1_000;
/** A server that prepares segments for so long is asked for the whole list. */
const PATIENCE_MS = 120_000;
const SKEW_STEP_MS = 250; // a skew that moved by less is not worth a write

export class Refresh {
  #keptSkew = 0; // of the frame below
  #keptFrame = "";
  /** @type {number | null} */
  #notReadySince = null;
  #atOnce = 2; // segments in a request

  /**
   * @param {Line} line
   * @param {HeldList} held
   * @param {Spool} spool
   * @param {DeviceClock} clock
   * @param {DeskSupply | null} deskSupply
   */
  constructor(line, held, spool, clock, deskSupply = null) {
    this.line = line;
    this.held = held;
    this.spool = spool;
    this.clock = clock;
    this.deskSupply = deskSupply;
  }

  /**
   * Fetch what changed, the people of a help desk too, and renew the lease; throws ListRefused for a list
   * not to be trusted. Returns after how many milliseconds to do so again.
   */
  async run() {
    let again = EVERY_MS;
    try {
      if (canReadLists()) await this.#fetchList();
      this.#notReadySince = null;
    } catch (fault) {
      if (fault instanceof ListNotReady) {
        again = fault.seconds * 1000;
        this.#notReadySince ??= performance.now();
      } else if (!(fault instanceof Rejected)) throw fault;
    } finally {
      await this.#renewLease();
    }
    if (canReadLists()) await this.deskSupply?.run();
    return again;
  }

  /**
   * Fetch what is lacking of the list that is coming, and use it; say whether it is in use. Whatever is
   * here is not fetched again: after any fault it goes on where it was. Throws ListRefused and
   * StorageFault, after which the list is not expected any more.
   * @param {() => boolean} isOver asked before each request
   * @param {() => void} tell called after each
   */
  async fetchSegments(isOver, tell) {
    try {
      while (this.held.lacking.length && !isOver()) {
        await this.#fetch(this.held.lacking.slice(0, this.#atOnce), tell);
      }
      if (isOver()) return false;
      const { epoch } = this.held;
      if (!(await this.held.useWhatCame())) return false;
      await this.#noteTaken(epoch);
      return true;
    } catch (fault) {
      if (
        fault instanceof Rejected ||
        fault instanceof ListRefused ||
        fault instanceof StorageFault
      )
        this.held.expectNothing();
      if (fault instanceof Rejected) return false; // replaced meanwhile: the next head names another
      throw fault;
    }
  }

  /**
   * Fetch and store segments; on a fast line the next request asks for twice as many.
   * @param {Named[]} segments
   * @param {() => void} tell
   */
  async #fetch(segments, tell) {
    const began = performance.now();
    this.#atOnce = 1;
    const content = await this.line.segments(segments.map(({ mark }) => mark));
    const isFast = performance.now() - began < FAST_MS;
    let at = 0;
    for (const { mark, bytes } of segments) {
      await this.held.keepSegment(mark, content.slice(at, at + bytes));
      at += bytes;
      tell();
    }
    if (isFast) this.#atOnce = Math.min(2 * segments.length, MOST_AT_ONCE);
  }

  /**
   * Keep what /status tells of this device, and the measured skew.
   * @param {StatusReply} counts
   */
  async noteStatus(counts) {
    const place = counts.device?.gate;
    if (place?.id) await this.held.keepPlace(place);
    await this.deskSupply?.noteStatus(counts);
    const { skew, frame } = this.clock;
    if (skew === null) return;
    const moved = Math.abs(skew - this.#keptSkew) >= SKEW_STEP_MS;
    if (frame === this.#keptFrame && !moved) return;
    await this.spool.keepSkew(frame, skew);
    [this.#keptFrame, this.#keptSkew] = [frame, skew];
  }

  /**
   * Say whether entries were stopped or resumed since the list at hand was made.
   * @param {StatusReply} counts
   */
  isBehind({ stop }) {
    return this.held.isThere && inOrder(stop?.messages) !== inOrder(this.held.stop);
  }

  /**
   * Say what is held and how far it can be trusted.
   * @returns {Freshness}
   */
  freshness() {
    const { confirmedAt } = this.held;
    const listAgeMs = confirmedAt && Math.max(0, this.clock.serverNow() - confirmedAt);
    const listStale = listAgeMs !== null && listAgeMs > STALE_AFTER_MS;
    const clockOff = this.clock.isOff();
    const { stop, coming } = this.held;
    return { listAgeMs, listStale, skewMs: this.clock.skew, clockOff, stop, coming };
  }

  async #fetchList() {
    const { cursor, etag, epoch } = this.held;
    const answer = await this.line.gateList(cursor, etag, epoch, this.#waitsForSegments);
    if (!answer) return this.held.confirm(this.clock.serverNow());
    try {
      await this.held.take(answer.body, answer.etag);
    } catch (fault) {
      if (!(fault instanceof ListRefused && fault.objection === "gap")) throw fault;
      const whole = await this.line.gateList(0, "", "", this.#waitsForSegments);
      await this.held.take(whole?.body ?? null, whole?.etag ?? "");
    }
    if (!this.held.coming) await this.#noteTaken(epoch);
  }

  get #waitsForSegments() {
    const since = this.#notReadySince;
    return since === null || performance.now() - since < PATIENCE_MS;
  }

  /**
   * Forget what was true of the list before, which was of this epoch, and its days.
   * @param {string} epoch
   */
  async #noteTaken(epoch) {
    if (epoch && this.held.epoch !== epoch) await this.spool.forgetNumbers();
    const ends = (this.held.policy?.days ?? []).map((day) => Date.parse(day.ends_at));
    await this.spool.acknowledged.retire(ends, this.clock.serverNow());
  }

  // Not while the server has yet to hear of places given away: it would lend them again.
  async #renewLease() {
    if (this.spool.decidedCount) return;
    const held = this.spool.memory.lease();
    try {
      const body = await this.line.lease(held?.leaseId ?? null);
      const lease = leaseFrom(body);
      if (lease) await this.spool.takeLease(body, lease.leaseId);
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault; // a server that lends nothing is one too
    }
  }
}

/** @param {Stop | null | undefined} words */
const inOrder = (words) => JSON.stringify(Object.entries(words ?? {}).sort());
