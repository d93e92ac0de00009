// The HTTP contract v1 as a browser speaks it.

import { utcText } from "../offline/scan.js";
import { namesOf } from "../offline/walk-in.js";
import { ROOT } from "../shared/root.js";

const SCAN_MS = 1_500;
const BATCH_MS = 15_000;
const LIST_MS = 20_000;
const DESK_MS = 5_000; // a person waits for these, and a walk-in writes more than a scan does
// Answers that will be the same however often the request is sent.
const HOPELESS = new Set([400, 403, 404, 409, 413, 415, 422]);

/** No answer of our server within its time: try again later. */
export class Unreachable extends Error {}

/** Our server is there, and failed on this very request. */
export class ServerFailed extends Unreachable {}

/** This device searched, or tried PINs, more often than it may: so many minutes to wait. */
export class AskedTooOften extends Unreachable {
  constructor(minutes) {
    super("asked too often");
    this.minutes = minutes;
  }
}

/** The server does not take this device's token any more; `wipe`: it says to erase everything. */
export class TokenRefused extends Error {
  constructor(wipe) {
    super("token refused");
    this.wipe = wipe;
  }
}

/** The server will never take this request. */
export class Rejected extends Error {
  constructor(status, { error = "", detail = "" }) {
    super(`${status} ${error}: ${detail}`);
    Object.assign(this, { status, error, detail });
  }
}

export class Line {
  constructor(token, clock) {
    this.token = token;
    this.clock = clock;
  }

  /**
   * Send one scan and return the reply of the contract; a refusal is a reply too.
   * @param deviceTime what the clock that read it says now; null where nobody knows
   */
  async postScan(scan, deviceTime) {
    const told = deviceTime === null ? {} : { device_time: utcText(deviceTime) };
    return this.#postScan(scan, told, SCAN_MS);
  }

  /** Send decided scans and return the results, in any order. `deviceTime`: their clock's now. */
  async postBatch(waiting, deviceTime) {
    const scans = waiting.map(({ scan, decided, lease_id }) => ({
      ...scan,
      decided,
      ...(lease_id ? { lease_id } : {}),
    }));
    const body = { device_time: utcText(deviceTime), scans };
    const reply = await this.#call("POST", "scans/batch", body, BATCH_MS);
    if (!Array.isArray(reply.results)) throw new Unreachable("no results");
    return reply.results;
  }

  /** Return {body, etag}, or null when `etag` still holds. */
  async gateList(since, etag) {
    const path = since ? `gate-list?since=${since}` : "gate-list";
    const answer = await this.#send(
      "GET",
      path,
      null,
      LIST_MS,
      etag ? { "If-None-Match": etag } : {},
    );
    if (answer.status === 304) return null;
    return { body: await understood(answer), etag: answer.headers.get("ETag") ?? "" };
  }

  /** Borrow places or renew the loan; `held`: the lease at hand, whose successor ends it. */
  async lease(held) {
    return this.#call("POST", "leases", held ? { held } : {}, SCAN_MS);
  }

  /** Give the lent places back before they expire; those of a newer lease stay. */
  async returnLease(leaseId) {
    await this.#call("DELETE", `leases?lease_id=${leaseId}`, null, SCAN_MS);
  }

  async annul(scanId, reason) {
    await this.#call("POST", `scans/${scanId}/annul`, { reason }, SCAN_MS);
  }

  /** Return the live counts; `waiting`: the boards hear how many scans wait here, and the time. */
  async status(waiting = null) {
    const told = { waiting, device_time: utcText(this.clock.now()) };
    const query = waiting === null ? "" : `?${new URLSearchParams(told)}`;
    return this.#call("GET", `status${query}`, null, SCAN_MS);
  }

  /** Tell the server that list, names and token are erased here; asked once, at the end. */
  async confirmWipe() {
    await this.#call("POST", "devices/wiped", {}, SCAN_MS);
  }

  async search(name) {
    const query = new URLSearchParams({ q: name });
    return (await this.#call("GET", `participants?${query}`, null, DESK_MS)).participants ?? [];
  }

  /** Register somebody who comes unannounced and return the code; the same one again, once. */
  async registerWalkIn(newcomer, again) {
    const { id, delegation } = newcomer;
    const known = { id, delegation_id: delegation.id, allow_duplicate: again };
    return (await this.#call("POST", "participants", { ...namesOf(newcomer), ...known }, DESK_MS))
      .code;
  }

  /** Register a walk-in who was let in; the same one again gets the same {code, participant_id}. */
  async register(walkIn) {
    const reply = await this.#call("POST", "participants", walkIn, BATCH_MS);
    if (!reply.code) throw new Unreachable("another answer");
    return reply;
  }

  /** Send a refused scan again with force, under a scan_id of its own. */
  async override(scan, reason, pin) {
    const forced = { force: true, force_reason: reason, ...(pin ? { supervisor_pin: pin } : {}) };
    return this.#postScan(scan, forced, DESK_MS);
  }

  async #postScan(scan, more, withinMs) {
    const reply = await this.#call("POST", "scans", { ...scan, ...more }, withinMs);
    // Only an answer to this very scan may take it off the spool.
    if (reply.scan_id !== scan.scan_id || !reply.status) throw new Unreachable("another answer");
    return reply;
  }

  async #call(method, path, body, withinMs) {
    const sentAt = this.clock.now();
    const began = performance.now();
    const reply = await understood(await this.#send(method, path, body, withinMs, {}));
    const serverTime = Date.parse(reply.server_time ?? reply.at);
    if (!Number.isNaN(serverTime)) this.clock.note(serverTime, sentAt, performance.now() - began);
    return reply;
  }

  async #send(method, path, body, withinMs, headers) {
    const json = body ? { "Content-Type": "application/json" } : {};
    const languages = { "Accept-Language": document.documentElement.lang };
    try {
      return await fetch(`${ROOT}api/v1/${path}`, {
        method,
        headers: { Authorization: `Bearer ${this.token}`, ...json, ...languages, ...headers },
        body: body && JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        redirect: "manual", // the portal of a public network is not our server
        signal: AbortSignal.timeout(withinMs),
      });
    } catch (fault) {
      throw new Unreachable(String(fault));
    }
  }
}

async function understood(answer) {
  const reply = await answer.json().catch(() => null);
  const readable = reply !== null && typeof reply === "object";
  // The portal of a public network, or a proxy whose server is away, answers with a page or an error
  // of its own: that neither stops this device nor sets a scan aside.
  const ours = readable && (answer.ok || typeof reply.error === "string");
  if (!ours) throw new Unreachable("no answer of ours");
  if (answer.ok) return reply;
  if (answer.status === 401) throw new TokenRefused(reply.wipe === true);
  if (HOPELESS.has(answer.status)) throw new Rejected(answer.status, reply);
  if (answer.status === 429) throw new AskedTooOften(minutesToWait(answer));
  throw new (answer.status === 500 ? ServerFailed : Unreachable)(String(answer.status));
}

function minutesToWait(answer) {
  return Math.max(1, Math.ceil(Number(answer.headers.get("Retry-After")) / 60) || 1);
}
