// How one scan gets its verdict, and how those that waited reach the server.

import { bodyOf } from "../offline/bus.js";
import { refOf, tagOf } from "../offline/scan.js";
import { passageTold } from "../offline/store/memory.js";
import { LARGEST_BATCH, setAsideRow } from "../offline/store/spool.js";
import { sealedWalkIn } from "../offline/walk-in.js";
import { NotKnownYet, Rejected, ServerFailed, TooLarge, Unreachable } from "./line.js";

/** @import { AcknowledgedRow } from "../offline/acknowledged.js" */
/** @import { ListedScan } from "../offline/bus.js" */
/** @import { DeviceClock } from "../offline/clock.js" */
/** @import { OfflineGate } from "../offline/decisions.js" */
/** @import { Fault, KeptScan, Scan, ScanReply, Verdict } from "../offline/scan.js" */
/** @import { DecidedRow, Spool } from "../offline/store/spool.js" */
/** @import { Newcomer } from "../offline/walk-in.js" */
/** @import { BatchResult, Line, Registered } from "./line.js" */

/**
 * What became of a batch: how many scans left the spool, and how many of those the server contradicts.
 * @typedef {object} Settled
 * @property {number} settled
 * @property {number} contradicted
 */

export class Delivery {
  online = true; // whether the server answered last time
  /** @type {Unreachable | null} */
  fault = null; // of a scan that it did not answer
  #largest = LARGEST_BATCH; // so many go at once: fewer where something on the way takes no more
  /** @type {Set<string>} */
  #passedOver = new Set(); // ids of scans on which the server failed: the others go before them

  /**
   * @param {Spool} spool
   * @param {Line} line
   * @param {OfflineGate} gate
   * @param {DeviceClock} clock
   */
  constructor(spool, line, gate, clock) {
    this.spool = spool;
    this.line = line;
    this.gate = gate;
    this.clock = clock;
  }

  /**
   * Ask the server about a scan that is in the spool, and return what the door says.
   * @param {Scan | KeptScan} scan
   * @param {ListedScan} [listed] the same scan, of somebody on the list of a bus
   */
  async deliver(scan, listed) {
    const tag = tagOf(scan);
    // A badge whose last passage the server has yet to hear of is decided here too, so that it
    // hears them in their order and nobody is let in for the same badge twice.
    if (!this.online || (tag && this.spool.memory.waits(tag)))
      return this.#decideHere(scan, listed);
    try {
      return await this.ask(scan, listed);
    } catch (fault) {
      if (!(fault instanceof Unreachable)) throw fault;
      // A hub answers, and leaves this one person to the list of this gate.
      if (fault instanceof NotKnownYet) return this.#decideHere(scan, listed);
      this.online = false;
      this.fault = fault;
      return this.#decideHere(scan, listed);
    }
  }

  /**
   * Send one scan and return its verdict; what the server will never take is set aside.
   * @param {Scan | KeptScan} scan
   * @param {ListedScan} [listed]
   * @returns {Promise<Verdict>}
   */
  async ask(scan, listed) {
    return { ...(await this.#send(scan, listed)), scan };
  }

  /**
   * Send a scan of an earlier run, for whose verdict nobody waits any more.
   * @param {KeptScan} scan
   */
  async askAgain(scan) {
    await this.#send(scan);
  }

  /**
   * Decide on somebody whom a help desk found without the network; it is kept before it is told.
   * @param {Scan} scan
   */
  async decideListed(scan) {
    await this.spool.put(scan, this.clock.frame);
    return this.#decideHere(scan);
  }

  /**
   * Let somebody without a badge in on a place lent to this gate, or say why not.
   * @param {Newcomer} newcomer
   * @param {Scan} scan
   */
  async admit(newcomer, scan) {
    return this.spool.alone(async () => {
      const { verdict, decided, passage } = this.gate.walkIn(newcomer, scan);
      if (!decided || !passage) return verdict;
      const walkIn = await sealedWalkIn(newcomer, this.gate.walkInKey);
      await this.spool.walkIns.takeIn(walkIn, scan, { decided, passage }, this.clock.frame);
      return verdict;
    });
  }

  /** Register the walk-ins who were let in here; return how many entries now wait as any scan. */
  async register() {
    let registered = 0;
    for (const row of this.spool.walkIns.all) {
      try {
        const { code, participant_id: id, epoch } = await this.line.register(row.walk_in);
        await this.spool.walkIns.registered(row, code, id, epoch);
        registered += 1;
      } catch (fault) {
        if (fault instanceof ServerFailed) continue; // they stay, and nobody waits for them
        if (!(fault instanceof Rejected)) throw fault;
        await this.spool.walkIns.putAside(row, fault.message);
      }
    }
    return registered;
  }

  /**
   * Send a batch of the scans that were decided here.
   * @returns {Promise<Settled>}
   */
  async upload() {
    let waiting = this.spool.decided(this.#passedOver);
    if (!waiting.length) {
      this.#passedOver.clear();
      waiting = this.spool.decided();
    }
    return waiting.length
      ? this.#upload(waiting.slice(0, this.#largest))
      : { settled: 0, contradicted: 0 };
  }

  /**
   * Keep a walk-in whom the server has registered at once, the name sealed for it alone: a gate
   * that never was lent anything has no key for that, and keeps nobody.
   * @param {Newcomer} newcomer
   * @param {Registered} reply
   */
  async keepNewcomer(newcomer, { code, epoch = "" }) {
    if (!this.gate.walkInKey) return;
    const { acknowledged } = this.spool;
    const walkIn = await sealedWalkIn(newcomer, this.gate.walkInKey);
    await acknowledged.keepWalkIn(acknowledged.registeredRow(walkIn, refOf(code), epoch));
  }

  /** Register again the walk-ins whom another epoch of the server's database had registered. */
  async registerAgain() {
    const { acknowledged } = this.spool;
    for (const row of acknowledged.walkInsToOffer) {
      try {
        const { code, epoch = "" } = await this.line.register(row.walk_in);
        await this.spool.walkInIsBack(row, refOf(code), epoch);
        if (epoch !== acknowledged.epoch) return; // an old answer: it is asked again
      } catch (fault) {
        if (!(fault instanceof Rejected)) throw fault;
        // It was used by this device under an earlier token.
        const { walk_in: walkIn, ref } = row;
        await acknowledged.keepWalkIn(acknowledged.registeredRow(walkIn, ref, acknowledged.epoch));
      }
    }
  }

  /**
   * Offer a batch of what another epoch had acknowledged; return how many scans it settled.
   */
  async offer() {
    const rows = this.spool.acknowledged.toOffer.slice(0, this.#largest);
    return rows.length ? this.#offer(rows) : 0;
  }

  /**
   * Decide a scan that is in the spool without asking the server.
   * @param {Scan | KeptScan} scan
   * @param {ListedScan} [listed]
   */
  async decideHere(scan, listed) {
    return this.#decideHere(scan, listed);
  }

  /**
   * Keep what the reply to a scan told that was not stored before it was sent.
   * @param {Scan} scan
   * @param {ScanReply} reply
   */
  async keep(scan, reply) {
    await this.#acknowledged(scan, reply);
  }

  /**
   * @param {AcknowledgedRow[]} rows
   * @returns {Promise<number>}
   */
  async #offer(rows) {
    const { acknowledged } = this.spool;
    const deviceTime = this.#timeIn(rows[0].frame) ?? this.clock.now();
    let results;
    try {
      results = await this.line.offerBatch(rows, deviceTime);
    } catch (fault) {
      if (fault instanceof TooLarge && rows.length > 1) return this.#offer(this.#smaller(rows));
      if (!(fault instanceof Rejected)) throw fault;
      const middle = Math.ceil(rows.length / 2);
      if (rows.length > 1)
        return (await this.#offer(rows.slice(0, middle))) + (await this.#offer(rows.slice(middle)));
      await this.spool.settle([], [], [setAsideRow(rows[0], fault.message)]);
      await acknowledged.heard([rows[0].scan_id], acknowledged.epoch);
      return 1;
    }
    await this.#noteNumber(results);
    const sent = new Map(rows.map((row) => [row.scan_id, row]));
    const ours = results.filter(({ scan_id: id }) => sent.has(id));
    const { against, refused } = contradictions(sent, ours);
    await this.spool.settle([], against, refused);
    const ids = ours.map(({ scan_id: id }) => id);
    await acknowledged.heard(ids, ours[0]?.epoch ?? "", ours[0]?.counter);
    return ids.length;
  }

  /**
   * @param {Scan | KeptScan} scan
   * @param {ListedScan} [listed]
   * @returns {Promise<ScanReply | {fault: Fault}>}
   */
  async #send(scan, listed) {
    try {
      const deviceTime = this.#timeIn(this.spool.frameOf(scan.scan_id));
      const isListed = await this.gate.lists(scan, listed);
      const reply = named(
        await this.line.postScan(listed ? bodyOf(listed) : scan, deviceTime, isListed),
        listed,
      );
      await this.#acknowledged(scan, reply);
      return reply;
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault;
      await this.spool.setAside(scan.scan_id, fault.message);
      return { fault: { code: "rejected", detail: fault.detail } };
    }
  }

  /**
   * A disk that fails now costs a second sending, which the server answers as before.
   * @param {Scan | KeptScan} scan
   * @param {ScanReply} reply
   */
  async #acknowledged(scan, reply) {
    const at = this.clock.corrected(Date.parse(scan.scanned_at));
    const passage = passageTold(scan, tagOf(scan), reply, at, this.gate.place.name);
    const { status, reason, epoch, counter } = reply;
    const told = {
      scan,
      decided: { status, reason },
      frame: this.spool.frameOf(scan.scan_id) ?? this.clock.frame,
      epoch,
      counter,
      delegation_id: reply.delegation?.id ?? null,
    };
    await this.spool.done([scan.scan_id], passage, reply.rehearsal ? [] : [told]).catch(() => null);
  }

  /**
   * @param {Scan | KeptScan} scan
   * @param {ListedScan} [listed]
   */
  async #decideHere(scan, listed) {
    return this.spool.alone(async () => {
      const { verdict, decided, passage } = await (listed
        ? this.gate.answerListed(listed)
        : this.gate.answer(scan));
      if (decided) await this.spool.decide(scan.scan_id, decided, passage);
      return verdict;
    });
  }

  /**
   * @param {DecidedRow[]} waiting
   * @returns {Promise<Settled>}
   */
  async #upload(waiting) {
    let results;
    try {
      const deviceTime = this.#timeIn(waiting[0].frame) ?? this.clock.now();
      const rows = waiting.map((row) => ({
        ...row,
        delegation_id: this.spool.memory.delegationOf(row.scan_id),
      }));
      results = await this.line.postBatch(rows, deviceTime);
    } catch (fault) {
      if (fault instanceof TooLarge && waiting.length > 1)
        return this.#upload(this.#smaller(waiting));
      if (fault instanceof ServerFailed) return this.#passOver(waiting);
      if (!(fault instanceof Rejected)) throw fault;
      return this.#uploadApart(waiting, fault);
    }
    await this.#noteNumber(results);
    return this.#settle(new Map(waiting.map((one) => [one.scan_id, one])), results);
  }

  /** @param {BatchResult[]} results */
  async #noteNumber([first]) {
    await this.spool.acknowledged.noteNumber(first?.epoch ?? "", first?.counter ?? "");
  }

  /**
   * Matched by scan_id: what came back in another order or not at all settles nothing else.
   * @param {Map<string, DecidedRow>} sent
   * @param {BatchResult[]} results
   */
  async #settle(sent, results) {
    const taken = [];
    const told = [];
    for (const { scan_id: id, error, epoch, counter } of results) {
      const row = sent.get(id);
      if (!row) continue;
      taken.push(id);
      const delegation_id = this.spool.memory.delegationOf(id);
      if (!error) told.push({ ...row, epoch, counter, delegation_id });
    }
    const { against, refused } = contradictions(sent, results);
    await this.spool.settle(taken, against, refused, told);
    return { settled: taken.length, contradicted: against.length };
  }

  /**
   * One bad scan must not hold up the others: halve until it stands alone.
   * @param {DecidedRow[]} waiting
   * @param {Rejected} rejection
   * @returns {Promise<Settled>}
   */
  async #uploadApart(waiting, rejection) {
    if (waiting.length === 1) {
      await this.spool.setAside(waiting[0].scan_id, rejection.message);
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

  /**
   * @template Row
   * @param {Row[]} rows
   */
  #smaller(rows) {
    this.#largest = Math.floor(rows.length / 2);
    return rows.slice(0, this.#largest);
  }

  /**
   * The server fails on one of these: close in on it, and let the others go before it.
   * @param {DecidedRow[]} waiting
   * @returns {Promise<Settled>}
   */
  async #passOver(waiting) {
    if (waiting.length > 1) return this.#upload(waiting.slice(0, Math.floor(waiting.length / 2)));
    this.#passedOver.add(waiting[0].scan_id);
    return { settled: 0, contradicted: 0 };
  }

  /**
   * What the clock of a frame would say now, or null for one that measured nothing: by it the server
   * measures that frame's skew, and how long its scans have waited.
   * @param {string | null} frame
   */
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

/**
 * Return a reply with whom it is about, where the list of a bus tells it and not the server.
 * @param {ScanReply} reply
 * @param {ListedScan} [listed]
 */
function named(reply, listed) {
  if (!listed || reply.participant) return reply;
  const { participant, delegation } = listed.listed;
  return { ...reply, participant, delegation };
}

/**
 * Return what a person must look at: who was let in against the server's rules, and what it refused.
 * @param {Map<string, Pick<DecidedRow, "scan_id" | "scan" | "decided" | "frame" | "lease_id">>} sent
 * @param {BatchResult[]} results
 */
function contradictions(sent, results) {
  const against = [];
  const refused = [];
  for (const result of results) {
    const row = sent.get(result.scan_id);
    if (!row) continue;
    if (result.error) refused.push(setAsideRow(row, result.error));
    if (isContradicted(row, result)) against.push({ scan_id: row.scan_id, reason: result.reason });
  }
  return { against, refused };
}

/**
 * Say whether a person was let in here and the server's answer is no.
 * @param {Pick<DecidedRow, "decided">} row
 * @param {BatchResult} result
 */
function isContradicted({ decided }, { status, error }) {
  return decided.status === "ok" && !error && status === "error";
}
