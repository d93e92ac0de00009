// Reads what a keyboard or a hand scanner typed, whatever keyboard layout the computer uses.
//
// A hand scanner presses the keys of an American keyboard, or of a French one where the shop has set
// it so; a computer set to French or Arabic turns the same keys into other letters. So what counts is
// which keys were pressed: their places, each named by what an American keyboard has there. Where
// they are not told (a telephone's keyboard, a text that was pasted), what was written is translated
// back. The scanner's window does the same (typed.py), held to tests/vectors/keys.json.
import { isBadgeCode, normaliseCode } from "../../offline/badge-code.js";

/** @typedef {Map<string, string>} Table */

/**
 * @param {string} from
 * @param {string} to
 * @returns {Table}
 */
const table = (from, to) => new Map([...from].map((letter, at) => [letter, to[at]]));

// The keys that have another letter on a French keyboard, by their American names.
const FRENCH_KEYS = table("QAWZ;M", "AQZWM,");
const FRENCH_DIGITS = table("&é\"'(-è_çàÉÈÇÀ", "12345678902790");
// American keys as a French layout writes them; the sign beside L is where a French M is.
const FRENCH_LETTERS = table("AQZWaqzw,?;", "QAWZqawzMMM");
// The same keys of an Arabic layout, alone and with Shift.
const ARABIC_PLACES = "qwertyuiopasdfghjklzxcvbnm";
const ARABIC = table("ضصثقفغعهخحشسيبلاتنمئءؤرﻻىة٠١٢٣٤٥٦٧٨٩", `${ARABIC_PLACES}0123456789`);
const ARABIC_SHIFT = table(
  "\u064e\u064b\u064f\u064cﻹإ`÷×؛\u0650\u064d][ﻷأـ،/~\u0652}{ﻵآ'’",
  `${ARABIC_PLACES}m`,
);
const ARABIC_COMMANDS = new Map([...ARABIC, ["؟", "?"]]);
// One key writes two letters; their one sign is in the tables above.
const LIGATURES = { لا: "ﻻ", لإ: "ﻹ", لأ: "ﻷ", لآ: "ﻵ" };

/**
 * @param {string} text
 * @param {Table} letters
 */
const translated = (text, letters) =>
  [...text].map((letter) => letters.get(letter) ?? letter).join("");

/**
 * Return what may be meant, the likeliest first, in the form of the codes.
 * @param {string} text
 * @param {string} places
 */
function readings(text, places) {
  const digits = translated(text, FRENCH_DIGITS);
  const arabic = Object.entries(LIGATURES).reduce(
    (whole, [letters, sign]) => whole.replaceAll(letters, sign),
    text,
  );
  return [
    text,
    places,
    translated(places, FRENCH_KEYS),
    digits,
    translated(digits, FRENCH_LETTERS),
    translated(arabic, ARABIC),
    translated(arabic, ARABIC_SHIFT),
  ].map(normaliseCode);
}

/**
 * Return the code that was typed, or null when it is none. A lost first letter is put back.
 * @param {string} text
 * @param {string} places of the keys that wrote it, as far as they are known
 */
export function meantCode(text, places) {
  const all = readings(text.trim(), places);
  return all.flatMap((reading) => [reading, `M${reading}`]).find(isBadgeCode) ?? null;
}

/**
 * Say whether a code was typed to its last letter, so that no more need follow.
 * @param {string} text
 * @param {string} places
 */
export function isWholeCode(text, places) {
  return readings(text, places).some(isBadgeCode);
}

/**
 * Return the letter or digit that an American keyboard has on a key, or ; or , or nothing.
 * @param {string} key its place, as KeyboardEvent.code names it
 */
export function placeOfKey(key) {
  const signs = /** @type {Record<string, string>} */ ({ Semicolon: ";", Comma: "," });
  return key.match(/^(?:Key|Digit|Numpad)([A-Z0-9])$/)?.[1] ?? signs[key] ?? "";
}

/**
 * Return the lower-case Latin letter, digit or "?" that a key stands for as a command: a layout with
 * Latin letters has them on its keys; on an Arabic one the keys have their American places.
 * @param {string} written
 * @param {string} place
 */
export function meantKey(written, place) {
  if (/^[A-Za-z0-9 ?]$/.test(written)) return written.toLowerCase();
  return (place || translated(written, ARABIC_COMMANDS)).toLowerCase();
}
