// How one scan gets its verdict, and how those that waited reach the server.

import { tagOf } from "../offline/decisions.js";
import { passageTold } from "../offline/memory.js";
import { setAsideRow } from "../offline/spool.js";
import { sealedWalkIn } from "../offline/walk-in.js";
import { Rejected, ServerFailed, Unreachable } from "./line.js";

export class Delivery {
  online = true; // whether the server answered last time
  #passedOver = new Set(); // ids of scans on which the server failed: the others go before them

  constructor(spool, line, gate, clock) {
    Object.assign(this, { spool, line, gate, clock });
  }

  /** Ask the server about a scan that is in the spool, and return what the door says. */
  async deliver(scan) {
    const tag = await tagOf(scan);
    // A badge whose last passage the server has yet to hear of is decided here too, so that it
    // hears them in their order and nobody is let in for the same badge twice.
    if (!this.online || (tag && this.spool.memory.waits(tag))) return this.#decideHere(scan);
    try {
      return await this.ask(scan, tag);
    } catch (fault) {
      if (!(fault instanceof Unreachable)) throw fault;
      this.online = false;
      return this.#decideHere(scan);
    }
  }

  /** Send one scan and return its verdict; what the server will never take is set aside. */
  async ask(scan, tag) {
    try {
      const deviceTime = this.#timeIn(this.spool.frameOf(scan.scan_id));
      const reply = await this.line.postScan(scan, deviceTime);
      await this.#acknowledged(scan, tag, reply);
      return { ...reply, scan };
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault;
      await this.spool.setAside(scan, fault.message);
      return { scan, fault: { code: "rejected", detail: fault.detail } };
    }
  }

  /** Let somebody without a badge in on a place lent to this gate, or say why not. */
  async admit(newcomer, scan) {
    return this.spool.alone(async () => {
      const answer = this.gate.walkIn(newcomer, scan);
      if (!answer.passage) return answer.verdict;
      const walkIn = await sealedWalkIn(newcomer, this.gate.walkInKey);
      await this.spool.walkIns.takeIn(walkIn, scan, answer, this.clock.frame);
      return answer.verdict;
    });
  }

  /** Register the walk-ins who were let in here; return how many entries now wait as any scan. */
  async register() {
    let registered = 0;
    for (const row of this.spool.walkIns.all) {
      try {
        const { code, participant_id: id } = await this.line.register(row.walk_in);
        await this.spool.walkIns.registered(row, code, await tagOf({ code }), id);
        registered += 1;
      } catch (fault) {
        if (fault instanceof ServerFailed) continue; // they stay, and nobody waits for them
        if (!(fault instanceof Rejected)) throw fault;
        await this.spool.walkIns.putAside(row, fault.message);
      }
    }
    return registered;
  }

  /** Send a batch of the scans that were decided here; return {settled, contradicted}. */
  async upload() {
    let waiting = this.spool.decided(this.#passedOver);
    if (!waiting.length) {
      this.#passedOver.clear();
      waiting = this.spool.decided();
    }
    return waiting.length ? this.#upload(waiting) : { settled: 0, contradicted: 0 };
  }

  // A disk that fails now costs a second sending, which the server answers as before.
  async #acknowledged(scan, tag, reply) {
    const at = this.clock.corrected(Date.parse(scan.scanned_at));
    const passage = passageTold(scan, tag, reply, at, this.gate.place.name);
    await this.spool.done([scan.scan_id], passage).catch(() => null);
  }

  async #decideHere(scan) {
    return this.spool.alone(async () => {
      const { verdict, decided, passage } = await this.gate.answer(scan);
      if (decided) await this.spool.decide(scan.scan_id, decided, passage);
      return verdict;
    });
  }

  async #upload(waiting) {
    let results;
    try {
      const deviceTime = this.#timeIn(waiting[0].frame) ?? this.clock.now();
      results = await this.line.postBatch(waiting, deviceTime);
    } catch (fault) {
      if (fault instanceof ServerFailed) return this.#passOver(waiting);
      if (!(fault instanceof Rejected)) throw fault;
      return this.#uploadApart(waiting, fault);
    }
    return this.#settle(new Map(waiting.map((one) => [one.scan_id, one])), results);
  }

  // Matched by scan_id: what came back in another order or not at all settles nothing else.
  async #settle(sent, results) {
    const ours = results.filter(({ scan_id }) => sent.has(scan_id));
    const refused = ours.filter(({ error }) => error);
    const against = ours.filter((result) => isContradicted(sent.get(result.scan_id), result));
    await this.spool.settle(
      ours.map(({ scan_id }) => scan_id),
      against.map(({ scan_id, reason }) => ({ scan_id, reason })),
      refused.map(({ scan_id, error }) => setAsideRow(sent.get(scan_id).scan, error)),
    );
    return { settled: ours.length, contradicted: against.length };
  }

  // One bad scan must not hold up the others: halve until it stands alone.
  async #uploadApart(waiting, rejection) {
    if (waiting.length === 1) {
      await this.spool.setAside(waiting[0].scan, rejection.message);
      return { settled: 1, contradicted: 0 };
    }
    const middle = Math.ceil(waiting.length / 2);
    const first = await this.#upload(waiting.slice(0, middle));
    const second = await this.#upload(waiting.slice(middle));
    return {
      settled: first.settled + second.settled,
      contradicted: first.contradicted + second.contradicted,
    };
  }

  // The server fails on one of these: close in on it, and let the others go before it.
  async #passOver(waiting) {
    if (waiting.length > 1) return this.#upload(waiting.slice(0, Math.floor(waiting.length / 2)));
    this.#passedOver.add(waiting[0].scan_id);
    return { settled: 0, contradicted: 0 };
  }

  // What the clock of a frame would say now, or null for one that measured nothing: by it the server
  // measures that frame's skew, and how long its scans have waited.
  #timeIn(frame) {
    const now = this.clock.now();
    if (frame === this.clock.frame) return now;
    const skew = this.spool.skewOf(frame);
    if (skew === null) return null;
    // How long ago that was only a clock tells that was measured in this run: the next answer does.
    if (this.clock.skew === null) throw new Unreachable("the clock is not measured yet");
    return this.clock.corrected(now) + skew;
  }
}

/** Say whether a person was let in here and the server's answer is no. */
function isContradicted({ decided }, { status, error }) {
  return decided.status === "ok" && !error && status === "error";
}
