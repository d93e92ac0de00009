// Keeps what the device decides by fresh while there is a line: gate list, lease, clock.
import { canReadLists } from "./gate-list.js";
import { Rejected } from "./line.js";
import { ListRefused, STALE_AFTER_MS } from "./list-checks.js";
import { leaseFrom } from "./memory.js";

export const EVERY_MS = 30_000;
const SKEW_STEP_MS = 250; // a skew that moved by less is not worth a write

export class Refresh {
  #keptSkew = null;

  constructor(line, held, spool, clock) {
    Object.assign(this, { line, held, spool, clock });
  }

  /** Fetch what changed and renew the lease; throws ListRefused for a list not to be trusted. */
  async run() {
    try {
      if (canReadLists()) await this.#fetchList();
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault;
    } finally {
      await this.#renewLease();
    }
  }

  /** Keep what /status tells of this device, and the measured skew. */
  async noteStatus(counts) {
    const place = counts.device?.gate;
    if (place?.id) await this.held.keepPlace(place);
    const { skew, frame } = this.clock;
    const moved = this.#keptSkew === null || Math.abs(skew - this.#keptSkew) >= SKEW_STEP_MS;
    if (skew === null || !moved) return;
    await this.spool.keepSkew(frame, skew);
    this.#keptSkew = skew;
  }

  /** How far what is held can be trusted: {listAgeMs, listStale, skewMs, clockOff}. */
  freshness() {
    const { confirmedAt } = this.held;
    const listAgeMs = confirmedAt && Math.max(0, this.clock.serverNow() - confirmedAt);
    const listStale = confirmedAt !== null && listAgeMs > STALE_AFTER_MS;
    return { listAgeMs, listStale, skewMs: this.clock.skew, clockOff: this.clock.isOff() };
  }

  async #fetchList() {
    const answer = await this.line.gateList(this.held.cursor, this.held.etag);
    if (!answer) return this.held.confirm(this.clock.serverNow());
    try {
      await this.held.take(answer.body, answer.etag);
    } catch (fault) {
      if (!(fault instanceof ListRefused && fault.objection === "gap")) throw fault;
      const whole = await this.line.gateList(0, "");
      await this.held.take(whole.body, whole.etag);
    }
  }

  // Not while the server has yet to hear of places given away: it would lend them again.
  async #renewLease() {
    if (this.spool.decidedCount) return;
    try {
      const body = await this.line.lease();
      const lease = leaseFrom(body);
      if (lease) await this.spool.takeLease(body, lease.leaseId);
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault; // a server that lends nothing is one too
    }
  }
}
