// What the page says, as the server wrote it into the page in the page's language.

import { part } from "../shared/elements.js";

/** @import { Named } from "../offline/scan.js" */

/** @typedef {Record<string, string>} Sentences */

/**
 * The sentences by their subjects, and how far the events' clocks are ahead of UTC.
 * @typedef {object} Words
 * @property {Record<string, number>} offsets_s
 * @property {Sentences} verdicts
 * @property {Sentences} card
 * @property {Sentences} faults
 * @property {Sentences & {standings: Sentences}} desk
 * @property {Sentences} camera
 * @property {Sentences} pairing
 * @property {Sentences} status
 */

/** @type {Words} */
export const words = JSON.parse(part("scan-words").textContent);

/**
 * Put `values` in the {places} of a sentence.
 * @param {string} sentence
 * @param {Record<string, string | number | undefined>} values
 */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
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
