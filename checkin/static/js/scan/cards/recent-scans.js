// The last scans, which of them are on the big card, and what may be done about each. The card is always
// about the newest badge, and goes when the next one comes; a scan that is older stands only in the list.
// scanner/window/recent_scans.py is the same rule; tests/vectors/recent_scans.json holds both.
import { kindOf } from "../../offline/scan.js";

/** @import { ReasonRow } from "../../offline/admission.js" */
/** @import { Kind, Verdict } from "../../offline/scan.js" */

/**
 * A verdict on the big card. `party` is the number of the badges held up together; `isSame`: the badge
 * had its verdict a moment ago, and was shown again.
 * @typedef {object} Card
 * @property {Verdict} verdict
 * @property {Kind} kind
 * @property {number} until when it goes by itself; a refusal has to be seen to
 * @property {number | null} party
 * @property {boolean} isSame
 */

/**
 * A scan in the list.
 * @typedef {object} RecentScan
 * @property {Verdict} verdict
 * @property {Kind} kind
 * @property {number} since
 * @property {boolean} isUndone
 */

/** @type {Partial<Record<Kind, number>>} */
const CLEARS_AFTER_MS = { ok: 3_000, pending: 5_000 };
const NEVER = Number.POSITIVE_INFINITY;
/**
 * The card of a badge that was let in just now, and is shown again: who is in already; for how long.
 * @type {[Kind, number]}
 */
const ALREADY = ["already", 5_000];
const TILES = 4;
const LISTED = 5;
const KEPT = 24;
/** So long the server lets a gate undo a scan; then its name leaves the screen. */
const LISTED_MS = 15 * 60_000;

/** @param {Kind} kind */
const passes = (kind) => kind in CLEARS_AFTER_MS;

/**
 * Whether it is practice that nobody has shown a badge for: it is no scan.
 * @param {Verdict} verdict
 */
const isPractice = ({ rehearsal, scan }) => Boolean(rehearsal) && !scan.code;

/** @param {RecentScan} scan */
export const mayBeUndone = ({ kind, verdict, isUndone }) =>
  passes(kind) && !verdict.rehearsal && !isUndone;

export class RecentScans {
  /** @type {RecentScan[]} */
  #scans = [];
  /** @type {Card[]} */
  #cards = [];

  /** @param {(reason: string | null | undefined) => ReasonRow | undefined} rowOf a reason */
  constructor(rowOf) {
    this.rowOf = rowOf;
  }

  /** The cards that are shown: one, or those of a party held up together. */
  get cards() {
    return this.#cards;
  }

  /** The scans of the list, the newest first. */
  get listed() {
    return this.#scans.slice(-LISTED).reverse();
  }

  /** The newest listed scan that can be taken back. */
  get undoable() {
    return this.listed.find(mayBeUndone);
  }

  /** The newest listed scan that a supervisor may answer for. */
  get overridable() {
    return this.listed.find((scan) => this.mayBeOverridden(scan));
  }

  /** @param {RecentScan} scan */
  mayBeOverridden({ kind, verdict }) {
    const { fault, unconfirmed, stop, reason } = verdict;
    if (passes(kind) || fault || unconfirmed || stop) return false;
    return this.rowOf(reason)?.forceable ?? true;
  }

  /**
   * Take a verdict and return its kind. A later answer to a known scan takes its place; it comes on the
   * card only while nobody else's has come.
   * @param {Verdict} verdict
   * @param {number} now
   * @param {number | null} party
   */
  add(verdict, now, party = null) {
    const kind = kindOf(verdict, this.rowOf(verdict.reason));
    const known = this.withId(verdict.scan.scan_id);
    const until = now + (CLEARS_AFTER_MS[kind] ?? NEVER);
    const card = { verdict, kind, until, party, isSame: false };
    if (isPractice(verdict)) this.#cards = [card];
    else if (!known) {
      this.#scans = [...this.#scans, { verdict, kind, since: now, isUndone: false }].slice(-KEPT);
      this.#cards = this.#withCard(card);
    } else {
      Object.assign(known, { verdict, kind });
      if (known === this.#scans.at(-1)) this.#cards = [card];
    }
    return kind;
  }

  /**
   * Show that a badge which had its verdict a moment ago was shown again; return the card's kind.
   * @param {string} code
   * @param {number} now
   */
  showAgain(code, now) {
    const scan = this.#scans.findLast(({ verdict }) => verdict.scan.code === code);
    if (!scan || scan.isUndone) return null;
    const [kind, lastsMs] = passes(scan.kind) ? ALREADY : [scan.kind, NEVER];
    const until = now + lastsMs;
    this.#cards = [{ verdict: scan.verdict, kind, until, party: null, isSame: true }];
    return kind;
  }

  /**
   * Show a code that is no badge: it is no scan.
   * @param {Verdict} verdict
   */
  showForeign(verdict) {
    this.#cards = [{ verdict, kind: "refused", until: NEVER, party: null, isSame: false }];
  }

  /**
   * Mark a scan that was taken back, and return it.
   * @param {string} scanId
   */
  undo(scanId) {
    const scan = this.withId(scanId);
    if (scan) scan.isUndone = true;
    this.#dropCard(scanId);
    return scan;
  }

  /**
   * Forget a scan that another one has replaced: an overridden refusal.
   * @param {string} scanId
   */
  remove(scanId) {
    this.#scans = this.#scans.filter(({ verdict }) => verdict.scan.scan_id !== scanId);
    this.#dropCard(scanId);
  }

  /** Take away the cards. */
  dismiss() {
    this.#cards = [];
  }

  clear() {
    this.#scans = [];
    this.#cards = [];
  }

  /**
   * Take away what has had its time, a party as a whole; say whether anything went.
   * @param {number} now
   */
  expire(now) {
    const listed = this.#scans.length;
    this.#scans = this.#scans.filter(({ since }) => now - since < LISTED_MS);
    const isOver = this.#cards.length > 0 && this.#cards.every(({ until }) => now >= until);
    if (isOver) this.#cards = [];
    return isOver || this.#scans.length < listed;
  }

  /**
   * Return the scan of an id.
   * @param {string} scanId
   */
  withId(scanId) {
    return this.#scans.find(({ verdict }) => verdict.scan.scan_id === scanId);
  }

  /** @param {Card} card */
  #withCard(card) {
    const together = card.party !== null && this.#cards.some(({ party }) => party === card.party);
    return [...(together ? this.#cards : []), card].slice(-TILES);
  }

  /** @param {string} scanId */
  #dropCard(scanId) {
    this.#cards = this.#cards.filter(({ verdict }) => verdict.scan.scan_id !== scanId);
  }
}
