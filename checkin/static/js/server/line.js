// The HTTP contract v1 as a browser speaks it.

import { utcText } from "../offline/scan.js";
import { toldOf } from "../offline/walk-in.js";
import { batteryTold } from "../shared/battery.js";
import { ROOT } from "../shared/root.js";
import { answerIn, EPOCH_HEADER, NONCE_HEADER, newNonce } from "./signed-answers.js";

/** @import { Acknowledged, AcknowledgedRow } from "../offline/acknowledged.js" */
/** @import { OpenedBus } from "../offline/bus.js" */
/** @import { DeviceClock } from "../offline/clock.js" */
/** @import { LeaseReply } from "../offline/leases.js" */
/** @import { ListReply } from "../offline/list/list-checks.js" */
/** @import { PeopleReply } from "../offline/help-desk.js" */
/** @import { SealedPage } from "../offline/store/sealed-pages.js" */
/** @import { ShownRow } from "../offline/shown-people.js" */
/** @import { Place } from "../offline/store/kept-values.js" */
/** @import { Delegation, KeptScan, Named, Scan, ScanReply, Stop } from "../offline/scan.js" */
/** @import { DecidedRow } from "../offline/store/spool.js" */
/** @import { Policy, Reason } from "../offline/admission.js" */
/** @import { Newcomer, WalkIn } from "../offline/walk-in.js" */
/** @import { Answer } from "./signed-answers.js" */

/**
 * What the server says to one scan of a batch.
 * @typedef {object} BatchResult
 * @property {string} scan_id
 * @property {"ok" | "error"} status
 * @property {Reason | null} reason
 * @property {string} [error] why it will never take this scan
 * @property {string} [epoch] of the database that has it
 * @property {string} [counter] the highest number in the log of the whole batch
 */

/**
 * What the server knows of the device that asks.
 * @typedef {object} AskingDevice
 * @property {Place} gate
 * @property {boolean} [overrides] somebody has a PIN, which overrides need
 * @property {boolean} [help_desk] it may hold the people of the event
 * @property {Policy["without_badge"]} [without_badge] who may admit somebody without a badge
 * @property {boolean} [kiosk] nobody stands at it
 * @property {{called_at: string, taken_at: string | null} | null} [help] its call for help, and when
 *   somebody took it
 * @property {Named[]} [categories] of the event, for walk-ins
 * @property {string | null} [send_again] when an organiser asked to send what was set aside
 */

/**
 * The live counts, with what the server knows of this device.
 * @typedef {object} StatusReply
 * @property {{id: number, arrived: number}[]} gates
 * @property {Delegation[]} delegations
 * @property {AskingDevice} device
 * @property {Named} [event]
 * @property {{messages: Stop} | null} [stop]
 * @property {boolean} [rehearsal]
 * @property {string} [version] of the server
 */

/**
 * Somebody whom a search found, told apart from others of the same name.
 * @typedef {object} TellingApart
 * @property {number} id
 * @property {string} status
 * @property {boolean} [blocked]
 * @property {Delegation} delegation
 * @property {string} [category]
 * @property {string | null} [category_ar]
 * @property {string | null} [bus]
 * @property {string | null} [phone_ending] the last two digits of their telephone
 * @property {string | null} [arrived_at] when they came in today
 *
 * @typedef {Named & TellingApart} Found
 */

/**
 * A bus that a search found, by its name, its delegation or its leader.
 * @typedef {object} FoundBus
 * @property {number} id
 * @property {string} name
 * @property {string} delegation
 * @property {string | null} delegation_ar
 * @property {number} passengers
 */

/**
 * What opens the list of a bus: the code of its leader's badge, or its number.
 * @typedef {{code: string} | {bus_id: number}} BusKey
 */

/**
 * A badge that takes the place of the one before, as a picture of its size.
 * @typedef {object} NewBadge
 * @property {number} issue
 * @property {string} png base64
 * @property {number} width_mm
 * @property {number} height_mm
 * @property {boolean} [told] whether a message brings it, too; an older server sends one and does not say so
 */

/**
 * What a reply of ours may say beside its own matter.
 * @typedef {object} Reply
 * @property {string} [server_time]
 * @property {string} [at] the same in the live counts
 * @property {string} [error]
 * @property {string} [detail]
 * @property {boolean} [wipe]
 * @property {boolean} [purged]
 * @property {string} [epoch] of the database, as the answer's header tells it
 * @property {string} [counter]
 * @property {Found[]} [participants] who may be meant by a walk-in
 */

/** @typedef {{participants?: Found[], more?: number, buses?: FoundBus[]}} FoundReply whom a search found */
/** @typedef {{code: string, participant_id: number} & Reply} Registered a walk-in whom the server has registered */

const SCAN_MS = 1_500;
const BATCH_MS = 15_000;
const LIST_MS = 20_000;
const DESK_MS = 5_000; // a person waits for these, and a walk-in writes more than a scan does
const PAGES_AT_ONCE = 40;
const COUNTER_HEADER = "Marhaba-Counter";
const SEEN_HEADER = "Marhaba-Seen";
const COME_LATER = "come_later";
const LIST_NOT_READY = "list_not_ready";
const NOT_KNOWN_YET = "not_known_yet";
const PIN_HEADER = "Marhaba-Supervisor-Pin";
const SEARCH_BUDGET = "search_budget";
// Answers that will be the same however often the request is sent.
const HOPELESS = new Set([400, 403, 404, 409, 413, 415, 422]);

/** No answer of our server within its time: try again later. */
export class Unreachable extends Error {}

/** Our server is there, and failed on this very request. */
export class ServerFailed extends Unreachable {}

/** Something on the way takes no request as large as this one. */
export class TooLarge extends ServerFailed {}

/** Something between this gate and the server answers in the server's place. */
export class AnsweredByAnother extends Unreachable {}

/**
 * What knows the server's epoch refuses this request, and does not sign the refusal: so answers a
 * server of an earlier version to a request that came later.
 */
export class UnsignedRefusal extends AnsweredByAnother {
  /** @param {number} status */
  constructor(status) {
    super(String(status));
    this.status = status;
  }
}

/** Other gates offer their scans again after a restore: this one's turn is in so many seconds. */
export class ComeLater extends Unreachable {
  /** @param {number} seconds */
  constructor(seconds) {
    super("come later");
    this.seconds = seconds;
  }
}

/** A hub does not know yet whom this gate's own list knows, and leaves the decision to it. */
export class NotKnownYet extends Unreachable {}

/** The server prepares the gate list: it is there in so many seconds. */
export class ListNotReady extends Unreachable {
  /** @param {number} seconds */
  constructor(seconds) {
    super("list not ready");
    this.seconds = seconds;
  }
}

/** This device searched, or tried PINs, more often than it may: so many minutes to wait. */
export class AskedTooOften extends Unreachable {
  /** @param {number} minutes */
  constructor(minutes) {
    super("asked too often");
    this.minutes = minutes;
  }
}

/** This device was shown as many people as it may be in an hour; a supervisor's PIN goes on. */
export class SearchBudget extends AskedTooOften {}

/**
 * The server does not take this device's token any more; `wipe`: it says to erase what is of people,
 * `purged`: and everything else of the event.
 */
export class TokenRefused extends Error {
  /**
   * @param {boolean} wipe
   * @param {boolean} [purged]
   */
  constructor(wipe, purged = false) {
    super("token refused");
    this.wipe = wipe;
    this.purged = purged;
  }
}

/** The server will never take this request. */
export class Rejected extends Error {
  /**
   * @param {number} status
   * @param {Reply} reply
   */
  constructor(status, { error = "", detail = "", participants = [] }) {
    super(`${status} ${error}: ${detail}`);
    this.participants = participants;
    this.status = status;
    this.error = error;
    this.detail = detail;
  }
}

export class Line {
  /**
   * @param {string} token
   * @param {Pick<DeviceClock, "now" | "note">} clock
   * @param {Pick<Acknowledged, "met" | "meet" | "seen"> | null} epochs told of each answer's epoch
   * @param {() => string} publicKey of the event, by which answers are signed; "" where it is unknown
   */
  constructor(token, clock, epochs = null, publicKey = () => "") {
    this.publicKey = publicKey;
    this.token = token;
    this.clock = clock;
    this.epochs = epochs;
  }

  /**
   * Send one scan and return the reply of the contract; a refusal is a reply too. The reply to one
   * that was kept names nobody. Throws NotKnownYet where this gate shall decide.
   * @param {Scan | KeptScan} scan
   * @param {number | null} deviceTime what the clock that read it says now; null where nobody knows
   * @param {boolean} [isListed] this gate can decide it by its own list
   */
  async postScan(scan, deviceTime, isListed = false) {
    const told = deviceTime === null ? {} : { device_time: utcText(deviceTime) };
    return this.#postScan(scan, { ...told, ...(isListed ? { listed: true } : {}) }, SCAN_MS);
  }

  /**
   * Send decided scans and return the results, in any order.
   * @param {(DecidedRow & {delegation_id?: number | null})[]} waiting
   * @param {number} deviceTime what the clock that read them says now
   * @returns {Promise<BatchResult[]>}
   */
  async postBatch(waiting, deviceTime) {
    return this.#postBatch(waiting.map(batched), deviceTime);
  }

  /**
   * Offer again what another epoch of the server's database has acknowledged; throws ComeLater.
   * @param {AcknowledgedRow[]} rows
   * @param {number} deviceTime what the clock that read them says now
   */
  async offerBatch(rows, deviceTime) {
    const again = rows.map((row) => ({
      ...batched(row),
      acknowledged: true,
      ...(row.annulled ? { annulled: true } : {}),
    }));
    return this.#postBatch(again, deviceTime);
  }

  /**
   * @param {object[]} scans
   * @param {number} deviceTime
   * @returns {Promise<BatchResult[]>}
   */
  async #postBatch(scans, deviceTime) {
    const body = { device_time: utcText(deviceTime), scans };
    /** @type {{results?: BatchResult[]} & Reply} */
    const reply = await this.#call("POST", "scans/batch", body, BATCH_MS);
    if (!Array.isArray(reply.results)) throw new Unreachable("no results");
    const { epoch, counter } = reply;
    const told = { ...(epoch ? { epoch } : {}), ...(counter ? { counter } : {}) };
    return reply.results.map((result) => ({ ...told, ...result }));
  }

  /**
   * Ask a server that does not know this device's token to take it back; true once it has.
   * @param {object} asked device_name, gate, event, held
   */
  async askToReturn(asked) {
    const software = `marhaba-web/${document.documentElement.dataset.version}`;
    /** @type {{known?: boolean}} */
    const reply = await this.#call("POST", "devices/return", { ...asked, software }, SCAN_MS);
    return reply.known === true;
  }

  /**
   * Return the list, or null when `etag` still holds; throws ListNotReady.
   * @param {number} since
   * @param {string} etag
   * @param {string} epoch of the list that has this cursor; "" where it has none
   * @param {boolean} segments of very many people the head may come alone, which names its segments
   */
  async gateList(since, etag, epoch = "", segments = false) {
    const asked = new URLSearchParams(since ? { since: String(since) } : {});
    if (since && epoch) asked.set("epoch", epoch);
    if (segments) asked.set("segments", "1");
    const path = `${asked}` ? `gate-list?${asked}` : "gate-list";
    const answer = await this.#send(
      "GET",
      path,
      null,
      LIST_MS,
      etag ? { "If-None-Match": etag } : {},
    );
    if (answer.status === 304) {
      checkWhose(answer);
      return null;
    }
    /** @type {Partial<ListReply>} */
    const body = understood(answer);
    return { body, etag: answer.headers.get("ETag") ?? "" };
  }

  /**
   * Return segments of the gate list behind one another; whether they are the right ones their marks
   * tell. Throws Rejected where one is there no more.
   * @param {string[]} marks
   */
  async segments(marks) {
    const path = `gate-list/segments/${marks.map(encodeURIComponent).join(",")}`;
    const answer = await this.#send("GET", path, null, LIST_MS, {});
    checkWhose(answer);
    if (!answer.ok) understood(answer);
    return answer.body;
  }

  /**
   * Return the key of this help desk, and the marks of the pages of people.
   * @returns {Promise<PeopleReply>}
   */
  async peopleList() {
    return this.#call("GET", "people-list", null, LIST_MS);
  }

  /**
   * Return sealed pages of people by their marks, as many as one answer holds.
   * @param {string[]} marks
   * @returns {Promise<SealedPage[]>}
   */
  async peoplePages(marks) {
    const asked = new URLSearchParams(marks.slice(0, PAGES_AT_ONCE).map((mark) => ["mark", mark]));
    /** @type {{pages?: SealedPage[]}} */
    const reply = await this.#call("GET", `people-list/pages?${asked}`, null, LIST_MS);
    if (!Array.isArray(reply.pages)) throw new Unreachable("no pages");
    return reply.pages;
  }

  /**
   * Tell whom this help desk has shown without the network.
   * @param {ShownRow[]} rows 500 at most
   */
  async tellShown(rows) {
    const shown = rows.map(({ id, at }) => ({ participant_id: Number(id), shown_at: utcText(at) }));
    await this.#call("POST", "people-list/shown", { shown }, BATCH_MS);
  }

  /**
   * Borrow places or renew the loan.
   * @param {string | null} held the lease at hand, whose successor ends it
   * @returns {Promise<LeaseReply>}
   */
  async lease(held) {
    return this.#call("POST", "leases", held ? { held } : {}, SCAN_MS);
  }

  /**
   * Give the lent places back before they expire; those of a newer lease stay.
   * @param {string} leaseId
   */
  async returnLease(leaseId) {
    await this.#call("DELETE", `leases?lease_id=${leaseId}`, null, SCAN_MS);
  }

  /**
   * Take a scan back.
   * @param {string} scanId
   * @param {string} reason
   */
  async annul(scanId, reason) {
    await this.#call("POST", `scans/${scanId}/annul`, { reason }, SCAN_MS);
  }

  /**
   * Return the live counts.
   * @param {number | null} waiting how many scans wait here, which the boards hear with the time
   * @param {Record<string, string>} more what else this device tells of itself
   * @returns {Promise<StatusReply>}
   */
  async status(waiting = null, more = {}) {
    const told = { waiting: String(waiting), device_time: utcText(this.clock.now()) };
    const all = new URLSearchParams({ ...told, ...batteryTold(), ...more });
    const query = waiting === null ? "" : `?${all}`;
    return this.#call("GET", `status${query}`, null, SCAN_MS);
  }

  /**
   * Begin or end that nobody stands at this device; say whether it is so now.
   * @param {boolean} on
   * @param {string} [pin] of the supervisor who ends it
   */
  async setKiosk(on, pin = "") {
    /** @type {{kiosk_since: string | null}} */
    const reply = await this.#call(
      "POST",
      "kiosk",
      { on, ...(pin ? { supervisor_pin: pin } : {}) },
      DESK_MS,
    );
    return reply.kiosk_since !== null;
  }

  /** Call for help at this gate: boards show it. */
  async callHelp() {
    await this.#call("POST", "help", {}, DESK_MS);
  }

  /** Tell the server that list, names and token are erased here; asked once, at the end. */
  async confirmWipe() {
    await this.#call("POST", "devices/wiped", {}, SCAN_MS);
  }

  /**
   * Return the first people whom a name, a contact, a number or a code finds, and how many more there are.
   * @param {string} name
   * @param {string} [pin] of the supervisor who lets this device be shown as many people again
   * @returns {Promise<{people: Found[], more: number, buses: FoundBus[]}>}
   */
  async search(name, pin = "") {
    /** @type {FoundReply} */
    const reply = await this.#found(name, pin ? { [PIN_HEADER]: pin } : {});
    const { participants: people = [], more = 0, buses = [] } = reply;
    return { people, more, buses };
  }

  /**
   * @param {string} q
   * @param {Record<string, string>} headers
   * @returns {Promise<FoundReply>}
   */
  async #found(q, headers) {
    try {
      // Not in the address: whatever is on the way may log addresses.
      return await this.#call("POST", "participants/search", { q }, DESK_MS, headers);
    } catch (fault) {
      const isRefusal = fault instanceof Rejected || fault instanceof UnsignedRefusal;
      if (!isRefusal || fault.status !== 404) throw fault;
    }
    // A server of an earlier version knows the other way alone.
    const path = `participants?${new URLSearchParams({ q })}`;
    return this.#call("GET", path, null, DESK_MS, headers);
  }

  /**
   * Open the list of a bus: by the code of its leader's badge, or by its number.
   * @param {BusKey} key
   * @param {string} [pin] of a supervisor, which is checked; it shows a device as many people again, too
   * @returns {Promise<OpenedBus>}
   */
  async openBus(key, pin = "") {
    return this.#call("POST", "buses/open", key, DESK_MS, pin ? { [PIN_HEADER]: pin } : {});
  }

  /**
   * Take back the scans of a bus in one act; return the ids of those that are.
   * @param {string[]} scanIds
   * @param {string} reason
   */
  async annulBus(scanIds, reason) {
    /** @type {{annulled?: string[]}} */
    const reply = await this.#call("POST", "buses/annul", { scan_ids: scanIds, reason }, BATCH_MS);
    return reply.annulled ?? [];
  }

  /**
   * Send the scan of a person without a badge; the same scan again gets the same answer.
   * @param {Scan} scan
   * @param {string} pin of a supervisor, where only they admit without a badge
   */
  async scanPerson(scan, pin) {
    return this.#postScan(scan, pin ? { supervisor_pin: pin } : {}, DESK_MS);
  }

  /**
   * Register somebody who comes unannounced, and return their code; the same one again, once.
   * @param {Newcomer} newcomer
   * @param {boolean} again
   * @param {string} [pin] of the supervisor who lets this device be shown as many people again
   * @returns {Promise<Registered>}
   */
  async registerWalkIn(newcomer, again, pin = "") {
    const { id, delegation } = newcomer;
    const known = { id, delegation_id: delegation.id, allow_duplicate: again };
    /** @type {Registered} */
    const reply = await this.#call(
      "POST",
      "participants",
      { ...toldOf(newcomer), ...known },
      DESK_MS,
      pin ? { [PIN_HEADER]: pin } : {},
    );
    if (!reply.code) throw new Unreachable("another answer");
    return reply;
  }

  /**
   * Register a walk-in who was let in; the same one again gets the same answer.
   * @param {WalkIn} walkIn
   * @returns {Promise<Registered>}
   */
  async register(walkIn) {
    /** @type {Registered} */
    const reply = await this.#call("POST", "participants", walkIn, BATCH_MS);
    if (!reply.code) throw new Unreachable("another answer");
    return reply;
  }

  /**
   * Have the badge of a person replaced, and return the new one.
   * @param {number} personId
   * @param {string} pin of a supervisor, where not everyone may admit people without a badge
   * @param {boolean} tell whether a message brings it to the person, too
   * @returns {Promise<NewBadge>}
   */
  async replaceBadge(personId, pin, tell) {
    const asked = { tell, ...(pin ? { supervisor_pin: pin } : {}) };
    return this.#call("POST", `participants/${personId}/badge`, asked, BATCH_MS);
  }

  /**
   * Send a refused scan again with force, under a scan_id of its own.
   * @param {Scan} scan
   * @param {string} reason
   * @param {string} pin
   */
  async override(scan, reason, pin) {
    return this.#postScan(
      scan,
      { force: true, force_reason: reason, supervisor_pin: pin },
      DESK_MS,
    );
  }

  /**
   * @param {Scan | KeptScan} scan
   * @param {object} more
   * @param {number} withinMs
   */
  async #postScan(scan, more, withinMs) {
    /** @type {ScanReply} */
    const reply = await this.#call("POST", "scans", { ...scan, ...more }, withinMs);
    // Only an answer to this very scan may take it off the spool.
    if (reply.scan_id !== scan.scan_id || !reply.status) throw new Unreachable("another answer");
    return reply;
  }

  /**
   * Ask the server, and measure the clock by its answer.
   * @template {object} Expected
   * @param {string} method
   * @param {string} path
   * @param {object | null} body
   * @param {number} withinMs
   * @param {Record<string, string>} [headers]
   * @returns {Promise<Expected & Reply>}
   */
  async #call(method, path, body, withinMs, headers = {}) {
    const sentAt = this.clock.now();
    const began = performance.now();
    /** @type {Expected & Reply} */
    const reply = understood(await this.#send(method, path, body, withinMs, headers));
    const serverTime = Date.parse(reply.server_time ?? reply.at ?? "");
    if (!Number.isNaN(serverTime)) this.clock.note(serverTime, sentAt, performance.now() - began);
    return reply;
  }

  /**
   * @param {Answer} answer
   * @param {string[]} met the epochs that were met
   */
  async #meet({ status, epoch, isVouched }, met) {
    // What refuses this device, and is no server of its event, has an epoch of another database.
    const isTaken = met.length ? isVouched : status < 400;
    if (!epoch || !isTaken) return;
    // A disk that does not take it now hears it again with the next answer.
    await this.epochs?.meet(epoch).catch(() => null);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {object | null} body
   * @param {number} withinMs
   * @param {Record<string, string>} headers
   */
  async #send(method, path, body, withinMs, headers) {
    /** @type {Record<string, string>} */
    const json = body ? { "Content-Type": "application/json" } : {};
    const languages = { "Accept-Language": document.documentElement.lang };
    const seen = this.epochs?.seen();
    /** @type {Record<string, string>} */
    const told = seen ? { [SEEN_HEADER]: seen } : {};
    const nonce = newNonce();
    const asks = { Authorization: `Bearer ${this.token}`, [NONCE_HEADER]: nonce };
    const ours = { ...asks, ...json, ...languages, ...told };
    try {
      const response = await fetch(`${ROOT}api/v1/${path}`, {
        method,
        headers: { ...ours, ...headers },
        body: body && JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        redirect: "manual", // the portal of a public network is not our server
        signal: AbortSignal.timeout(withinMs),
      });
      const met = this.epochs?.met ?? [];
      const answer = await answerIn(response, nonce, met, this.publicKey());
      await this.#meet(answer, met);
      return answer;
    } catch (fault) {
      throw new Unreachable(String(fault));
    }
  }
}

/**
 * @param {Pick<AcknowledgedRow, "scan" | "decided" | "lease_id"> & {delegation_id?: number | null}} row
 */
function batched({ scan, decided, lease_id, delegation_id }) {
  return {
    ...scan,
    decided,
    ...(lease_id ? { lease_id } : {}),
    ...(delegation_id ? { delegation_id } : {}),
  };
}

/**
 * Return what one of our answers says; each caller knows what it asked for.
 * @template {object} Expected
 * @param {Answer} answer
 * @returns {Expected & Reply}
 */
function understood(answer) {
  checkWhose(answer);
  const reply = parsed(answer.text);
  const readable = reply !== null && typeof reply === "object";
  // The portal of a public network, or a proxy whose server is away, answers with a page or an error
  // of its own: that neither stops this device nor sets a scan aside.
  const ours = readable && (answer.ok || typeof reply.error === "string");
  if (!ours) throw new Unreachable("no answer of ours");
  const { isVouched: vouched } = answer;
  if (answer.ok) return { ...(vouched ? reply : endless(reply)), ...toldByHeaders(answer.headers) };
  if (answer.status === 401 && reply.wipe !== true) throw new TokenRefused(false);
  const ends = answer.status === 401 || HOPELESS.has(answer.status);
  if (ends && !vouched) throw new UnsignedRefusal(answer.status);
  if (answer.status === 401) throw new TokenRefused(true, reply.purged === true);
  if (HOPELESS.has(answer.status)) throw new Rejected(answer.status, reply);
  if (answer.status === 429) {
    const kind = reply.error === SEARCH_BUDGET ? SearchBudget : AskedTooOften;
    throw new kind(minutesToWait(answer));
  }
  if (answer.status === 503 && reply.error === COME_LATER)
    throw new ComeLater(secondsToWait(answer));
  if (answer.status === 503 && reply.error === LIST_NOT_READY)
    throw new ListNotReady(secondsToWait(answer));
  if (answer.status === 503 && reply.error === NOT_KNOWN_YET) throw new NotKnownYet(NOT_KNOWN_YET);
  throw new (answer.status === 500 ? ServerFailed : Unreachable)(String(answer.status));
}

/**
 * Throw where something else than this device's server answers, or cannot pass on what was sent.
 * @param {Answer} answer
 */
function checkWhose({ status, isOurs, isVouched, text }) {
  if (status === 413 && !(isVouched && parsed(text))) throw new TooLarge("413");
  if (isOurs) return;
  // A proxy whose server is away, or is asked too often, says so by these.
  const waits = status === 429 || status >= 500;
  throw waits ? new Unreachable(String(status)) : new AnsweredByAnother(String(status));
}

/**
 * Return a reply without the scans of a batch that it sets aside: they stay, and are sent again.
 * @param {{results?: unknown}} reply
 */
function endless(reply) {
  if (!Array.isArray(reply.results)) return reply;
  return { ...reply, results: reply.results.filter((result) => !result?.error) };
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** @param {Headers} headers */
function toldByHeaders(headers) {
  const [epoch, counter] = [headers.get(EPOCH_HEADER), headers.get(COUNTER_HEADER)];
  return { ...(epoch ? { epoch } : {}), ...(counter ? { counter } : {}) };
}

/** @param {Answer} answer */
function secondsToWait(answer) {
  return Number(answer.headers.get("Retry-After")) || 1;
}

/** @param {Answer} answer */
function minutesToWait(answer) {
  return Math.max(1, Math.ceil(Number(answer.headers.get("Retry-After")) / 60) || 1);
}
