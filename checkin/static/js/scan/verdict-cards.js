// The verdicts, full screen: colour, shape, word and name, readable at two metres. Badges that were
// held up together have a card each, side by side.
import { kindOf } from "../offline/scan.js";
import { allWithin, within } from "../shared/elements.js";
import { bothNames, fill, isArabic, language, localTime, rowOf, words } from "./words.js";

/** @import { Delegation, Kind, Verdict } from "../offline/scan.js" */

/**
 * A card, the number of the party that it was held up with, and when it came up.
 * @typedef {object} Card
 * @property {Verdict} verdict
 * @property {Kind} kind
 * @property {HTMLElement} element
 * @property {number | null} party
 * @property {number} since
 */

/**
 * What the parts of a card say; those that say nothing are hidden.
 * @typedef {Partial<Record<"word" | "name" | "otherName" | "category" | "delegation" | "arrived"
 *   | "more" | "rehearsal" | "offline", string | null | false>>} Lines
 */

/** @type {Partial<Record<Kind, number>>} */
const CLEARS_AFTER_MS = { ok: 3_000, pending: 5_000 }; // the others wait: they must be seen to
const TILES = 4;
const KEPT = 24;
const LONG_WORD = 60; // letters: an organiser's own words are set smaller
const LONG_NAME = 26; // letters: a name of four parts, too
const MAY_BE_FORCED = new Set(["refused", "already"]);

const count = new Intl.NumberFormat(document.documentElement.lang);

export class VerdictCards {
  /** @type {Card[]} */
  #cards = [];

  /**
   * @param {HTMLElement} section where cards are put
   * @param {HTMLTemplateElement} template what one is made of
   */
  constructor(section, template) {
    this.section = section;
    this.template = template;
    section.addEventListener("click", () => this.dismiss());
    setInterval(() => this.#clear(), 200);
  }

  /**
   * Show a verdict and return its kind.
   * @param {Verdict} verdict
   * @param {string} timezone of the event
   * @param {number | null} party
   */
  show(verdict, timezone, party = null) {
    const kind = kindOf(verdict, rowOf(verdict.reason));
    const element = cardElement(this.template, kind, linesOf(verdict, kind, timezone));
    // The next badge clears what would clear by itself, but not those held up with it; a refusal
    // that nobody saw stays below. A later answer to the same scan takes its place.
    const together = (/** @type {Card} */ card) => party !== null && card.party === party;
    this.#cards = this.#cards.filter(
      (card) =>
        card.verdict.scan.scan_id !== verdict.scan.scan_id && (stays(card) || together(card)),
    );
    this.#cards.push({ verdict, kind, element, party, since: performance.now() });
    this.#cards = this.#cards.slice(-KEPT);
    this.#draw();
    return kind;
  }

  /** Take away the cards that are shown. */
  dismiss() {
    const shown = this.#tiles();
    this.#cards = this.#cards.filter((card) => !shown.includes(card));
    this.#draw();
  }

  clear() {
    this.#cards = [];
    this.#draw();
  }

  /** The refused scan on top that a supervisor may answer for, or null. */
  get forceable() {
    const top = this.#cards.at(-1);
    return top && MAY_BE_FORCED.has(top.kind) && !top.verdict.fault ? top.verdict.scan : null;
  }

  #tiles() {
    const top = this.#cards.at(-1);
    if (!top || top.party === null) return top ? [top] : [];
    return this.#cards.filter((card) => card.party === top.party).slice(-TILES);
  }

  #clear() {
    const now = performance.now();
    const isOver = (/** @type {Card} */ card) =>
      now - card.since >= (CLEARS_AFTER_MS[card.kind] ?? Number.POSITIVE_INFINITY);
    // A party is shown as a whole until the last of it has had its time.
    const shown = new Set(this.#cards.filter((c) => !stays(c) && !isOver(c)).map((c) => c.party));
    shown.delete(null);
    const left = this.#cards.filter((card) => shown.has(card.party) || !isOver(card));
    if (left.length === this.#cards.length) return;
    this.#cards = left;
    this.#draw();
  }

  #draw() {
    const tiles = this.#tiles();
    this.section.hidden = !tiles.length;
    this.section.dataset.tiles = String(tiles.length);
    this.section.replaceChildren(...tiles.map((card) => card.element));
  }
}

/** @param {Card} card */
const stays = (card) => !(card.kind in CLEARS_AFTER_MS);

/**
 * @param {HTMLTemplateElement} template
 * @param {Kind} kind
 * @param {Lines} lines
 */
function cardElement(template, kind, lines) {
  const card = within(document.importNode(template.content, true), ".verdict");
  card.dataset.kind = kind;
  card.dataset.rehearsal = String(Boolean(lines.rehearsal));
  card.dataset.long = String(lengthOf(lines.word) > LONG_WORD);
  card.dataset.longName = String(
    Math.max(lengthOf(lines.name), lengthOf(lines.otherName)) > LONG_NAME,
  );
  for (const part of allWithin(card, "[data-part]")) {
    const name = /** @type {keyof Lines} */ (part.dataset.part);
    const text = lines[name] || "";
    part.textContent = text;
    part.hidden = !text;
    if (part.dir === "auto") part.lang = languageOf(text);
  }
  return card;
}

/** @param {string | null | false | undefined} text */
const lengthOf = (text) => (text || "").length;

/**
 * The language of a name by its letters, for voices that read the page.
 * @param {string} name
 */
function languageOf(name) {
  if (/\p{Script=Arabic}/u.test(name)) return "ar";
  return isArabic ? "fr" : language;
}

/**
 * @param {Verdict} verdict
 * @param {Kind} kind
 * @param {string} timezone
 * @returns {Lines}
 */
function linesOf(verdict, kind, timezone) {
  const { card } = words;
  if (verdict.unconfirmed) return { word: card.unconfirmed, more: card.unconfirmed_more };
  const { fault } = verdict;
  if (fault) return { word: card.failed, more: fill(words.faults[fault.code], { ...fault }) };
  const { participant, delegation, first_admission: first, reason } = verdict;
  const [name, otherName] = bothNames(participant);
  return {
    word: wordOf(verdict, kind),
    name,
    otherName,
    category: (isArabic && participant?.category_ar) || participant?.category,
    delegation: (isArabic && delegation?.name_ar) || delegation?.name,
    arrived: delegation?.quota === undefined ? "" : arrivalsOf(delegation),
    more:
      reason &&
      first &&
      fill(card.first, { time: localTime(first.at, timezone), gate: first.gate }),
    rehearsal: verdict.rehearsal ? card.rehearsal : "",
    offline: verdict.offline && kind !== "pending" ? card.offline : "",
  };
}

/**
 * @param {Verdict} verdict
 * @param {Kind} kind
 */
function wordOf(verdict, kind) {
  if (kind === "pending") return verdict.unchecked ? words.card.unchecked : words.verdicts.pending;
  if (kind === "ok") return words.verdicts[verdict.scan.type];
  return verdict.stop?.[language] ?? rowOf(verdict.reason)?.refused ?? verdict.message;
}

/**
 * Say how many of a delegation have come; more than its places only by overrides.
 * @param {Delegation} delegation
 */
function arrivalsOf({ arrived = 0, quota = 0 }) {
  const sentence = arrived > quota ? words.card.arrived_over : words.card.arrived;
  return fill(sentence, { arrived: count.format(arrived), quota: count.format(quota) });
}
