import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import {
  meantCode,
  meantKey,
  placeOfKey,
} from "../../../../checkin/static/js/scan/keys/code-meant.js";
import { KeyCollector } from "../../../../checkin/static/js/scan/keys/key-collector.js";
import { OPENING } from "../../../../checkin/static/js/scan/keys/keys.js";

/** @import { Burst, Key } from "../../../../checkin/static/js/scan/keys/key-collector.js" */
/** @typedef {[number, string, string]} Pressed ms, what was written, and the key's place */
/**
 * @typedef {object} Stream
 * @property {string} name
 * @property {Pressed[]} [keys]
 * @property {string} [text]
 * @property {number} [every_ms]
 * @property {string} [suffix]
 * @property {number} [asked_ms]
 * @property {string[]} told
 */

// The cases to which the scanner's window is held, too.
const VECTORS = JSON.parse(
  readFileSync(new URL("../../../vectors/keys.json", import.meta.url), "utf-8"),
);
/** @type {string[]} */
const CODES = VECTORS.codes;
/** @type {Stream[]} */
const STREAMS = VECTORS.streams;
/** @type {Record<string, string>} */
const LAYOUTS = VECTORS.layouts;
const PLACES = [...VECTORS.places];

/**
 * @param {string} suffix
 * @returns {string[]}
 */
const ends = (suffix) => (suffix === "none" ? [] : suffix.split(" "));

/**
 * What is understood of keys: codes and texts, and commands.
 * @param {Pressed[]} keys
 * @param {number} [askedMs]
 */
function told(keys, askedMs = Infinity) {
  const collector = new KeyCollector(VECTORS.opening);
  const events = keys.flatMap(([ms, name, place]) => collector.pressed({ name, place }, ms));
  return [...events, ...collector.atTime(askedMs)].map(meaning);
}

/** @param {Key | Burst} event */
function meaning(event) {
  if (!("text" in event)) return meantKey(event.name, event.place);
  return meantCode(event.text, event.places) ?? event.text;
}

/**
 * A hand scanner's keys on a computer with this layout.
 * @param {string[]} pressed places
 * @param {string} layout
 * @param {number} everyMs
 * @param {string} suffix
 * @returns {Pressed[]}
 */
function scanned(pressed, layout, everyMs, suffix) {
  const signs = LAYOUTS[layout].split(" ");
  const keys = pressed.map((place) => [signs[PLACES.indexOf(place)], place]);
  const all = [...keys, ...ends(suffix).map((name) => [name, ""])];
  return all.map(([name, place], at) => [at * everyMs, name, place]);
}

/**
 * @param {Stream} stream
 * @returns {Pressed[]}
 */
function keysOf({ keys, text = "", every_ms = 0, suffix = "none" }) {
  if (keys) return keys;
  const letters = [...text].map((sign) => [sign, PLACES.includes(sign) ? sign : ""]);
  const all = [...letters, ...ends(suffix).map((name) => [name, ""])];
  return all.map(([name, place], at) => [at * every_ms, name, place]);
}

test("the commands that act at once are those of the scanner's window", () => {
  assert.deepEqual([...OPENING].sort(), [...VECTORS.opening].sort());
});

test("every layout, pace and line end gives the code, and no command", () => {
  for (const layout of Object.keys(LAYOUTS))
    for (const everyMs of VECTORS.every_ms)
      for (const suffix of VECTORS.suffixes)
        for (const code of CODES)
          assert.deepEqual(
            told(scanned([...code], layout, everyMs, suffix)),
            [code],
            `${layout}, ${everyMs} ms, ${suffix}`,
          );
});

test("a hand scanner set to French is understood on every layout", () => {
  const french = [...VECTORS.french_places];
  for (const layout of Object.keys(LAYOUTS))
    for (const code of CODES) {
      const pressed = [...code].map((letter) => french[PLACES.indexOf(letter)]);
      assert.deepEqual(told(scanned(pressed, layout, 10, "none")), [code], layout);
    }
});

test("what was written is enough where the places are not told", () => {
  for (const signs of Object.values(LAYOUTS))
    for (const code of CODES) {
      const text = [...code].map((letter) => signs.split(" ")[PLACES.indexOf(letter)]).join("");
      assert.equal(meantCode(text, ""), code);
    }
});

for (const stream of STREAMS)
  test(`streams of keys: ${stream.name}`, () => {
    assert.deepEqual(told(keysOf(stream), stream.asked_ms), stream.told);
  });

test("a lost first letter is put back, and a slip is no code", () => {
  assert.equal(meantCode(CODES[0].slice(1), ""), CODES[0]);
  assert.equal(meantCode(CODES[0].slice(0, -1), CODES[0].slice(0, -1)), null);
});

test("keys have their American names in every layout", () => {
  const keys = ["KeyQ", "Digit7", "Numpad3", "Semicolon", "Comma", "Space", "NumpadEnter", "F1"];

  assert.deepEqual(keys.map(placeOfKey), ["Q", "7", "3", ";", ",", "", "", ""]);
});
