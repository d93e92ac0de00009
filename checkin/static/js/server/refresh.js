// Keeps what the device decides by fresh while there is a line: gate list, lease, clock.
import { canReadLists } from "../offline/gate-list.js";
import { leaseFrom } from "../offline/leases.js";
import { ListRefused, STALE_AFTER_MS } from "../offline/list-checks.js";
import { Rejected } from "./line.js";

/** @import { DeviceClock } from "../offline/clock.js" */
/** @import { HeldList } from "../offline/held-list.js" */
/** @import { Stop } from "../offline/scan.js" */
/** @import { Spool } from "../offline/spool.js" */
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
 */

export const EVERY_MS = 30_000;
const SKEW_STEP_MS = 250; // a skew that moved by less is not worth a write

export class Refresh {
  #keptSkew = 0; // of the frame below
  #keptFrame = "";

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

  /** Fetch what changed, the people of a help desk too, and renew the lease; throws ListRefused for a list not to be trusted. */
  async run() {
    try {
      if (canReadLists()) await this.#fetchList();
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault;
    } finally {
      await this.#renewLease();
    }
    if (canReadLists()) await this.deskSupply?.run();
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
    return { listAgeMs, listStale, skewMs: this.clock.skew, clockOff, stop: this.held.stop };
  }

  async #fetchList() {
    const { cursor, etag, epoch } = this.held;
    const answer = await this.line.gateList(cursor, etag, epoch);
    if (!answer) return this.held.confirm(this.clock.serverNow());
    try {
      await this.held.take(answer.body, answer.etag);
    } catch (fault) {
      if (!(fault instanceof ListRefused && fault.objection === "gap")) throw fault;
      const whole = await this.line.gateList(0, "");
      await this.held.take(whole?.body ?? null, whole?.etag ?? "");
    }
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
