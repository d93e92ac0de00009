// What the page says, as the server wrote it into the page in the page's language.

import { part } from "../shared/elements.js";

/** @import { ReasonRow } from "../offline/admission.js" */
/** @import { NameTables } from "../offline/names/name-sounds.js" */
/** @import { Named, Verdict } from "../offline/scan.js" */

/** @typedef {Record<string, string>} Sentences */

/**
 * The sentences by their subjects, and how far the events' clocks are ahead of UTC.
 * @typedef {object} Words
 * @property {Record<string, number>} offsets_s
 * @property {ReasonRow[]} [reasons] why scans are refused; pages that were kept long ago have none
 * @property {Sentences} [acts] what to do with a refused person, by the act's code
 * @property {string} [between_gates] what stands between the names of two gates
 * @property {Sentences} [signs] the symbols of flags, by their names
 * @property {NameTables} name_tables what letters and small words of names stand for
 * @property {Sentences} card
 * @property {Sentences} faults
 * @property {Sentences & {standings: Sentences}} desk
 * @property {Sentences} bus
 * @property {Sentences} camera
 * @property {Sentences} pairing
 * @property {Sentences} status
 * @property {Sentences} idle
 * @property {Sentences} kiosk
 * @property {Pick<Verdict, "status" | "reason" | "message">[]} practice verdicts of practice badges
 * @property {number} low_battery_below percent
 */

/** @type {Words} */
export const words = JSON.parse(part("scan-words").textContent);

export const reasons = words.reasons ?? [];

/**
 * Return the row of a reason; there is none for what only a newer server knows.
 * @param {string | null | undefined} reason
 */
export function rowOf(reason) {
  return reasons.find((row) => row.reason === reason);
}

const ISOLATE = "\u2068[^\u2068\u2069]*\u2069";
// As `isolated_once` of checkin/words/isolates.py
const TWICE = new RegExp(
  `\u2068(${ISOLATE}(?:[^\\p{L}\\p{N}\u2068\u2069]*${ISOLATE})*)\u2069`,
  "gu",
);

/**
 * Put `values` in the {places} of a sentence; what is isolated already is not isolated once more.
 * @param {string} sentence
 * @param {Record<string, string | number | undefined>} values
 */
export function fill(sentence, values) {
  const filled = sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  return filled.replace(TWICE, "$1");
}

export const language = document.documentElement.lang.slice(0, 2);
export const isArabic = language === "ar";

/**
 * Return both names of a person or delegation, the page's script first; the second may be empty.
 * @param {Named | null | undefined} named
 */
export function bothNames(named) {
  const both = [named?.name, named?.name_ar];
  if (isArabic) both.reverse();
  const [first, second] = both.filter(Boolean);
  return [first ?? "", second ?? ""];
}

/**
 * Write a moment as the event's clocks show it, after its day and month unless that is today.
 * @param {string} moment
 * @param {string} timezone
 */
export function localMoment(moment, timezone) {
  const offset = 1000 * (words.offsets_s[timezone] ?? 0);
  const dayOf = (/** @type {number} */ at) => new Date(at + offset).toISOString().slice(0, 10);
  const [, month, day] = dayOf(Date.parse(moment)).split("-");
  const time = localTime(moment, timezone);
  return dayOf(Date.parse(moment)) === dayOf(Date.now()) ? time : `${day}/${month} ${time}`;
}

/**
 * Write a moment as the event's clocks show it.
 * @param {string} moment
 * @param {string} timezone
 */
export function localTime(moment, timezone) {
  const offset = words.offsets_s[timezone];
  const at = new Date(new Date(moment).getTime() + 1000 * (offset ?? 0));
  return new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: offset === undefined ? timezone : "UTC",
  }).format(at);
}
