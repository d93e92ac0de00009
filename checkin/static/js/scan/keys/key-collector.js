// Tells a hand scanner's keys from a person's: both are the keyboard. Time is an argument.
//
// A hand scanner "types" a code, fast or with up to 300 ms between two keys, and ends with Enter or
// Tab, or with nothing. So a letter is a command only when it stands alone for that long: no code is
// being typed. A letter that opens a form is passed on sooner, because a name is typed right after
// it; no badge code begins with one. The scanner's window does the same (keys.py), held to
// tests/vectors/keys.json.
import { CODE_LENGTH } from "../../offline/badge-code.js";
import { isWholeCode, meantKey } from "./code-meant.js";

const GAP_MS = 80;
const CODE_GAP_MS = 350; // 300 ms, and what a busy computer adds
const SHORTEST = 6;
const END_BELONGS_MS = 400;
const ENDS = ["Enter", "Tab"];

/**
 * A key: the letter that it wrote, or its name, and its place, as placeOfKey names it.
 * @typedef {{name: string, place: string}} Key
 */

/**
 * Keys that belong together: the text of a hand scanner, and the places of its keys.
 * @typedef {{text: string, places: string}} Burst
 */

/** Groups keys into a person's single keys and a hand scanner's bursts. */
export class KeyCollector {
  /** @type {Key[]} */
  #run = [];
  #lastMs = 0;
  #endedMs = -Infinity;

  /** @param {string} opening the commands after which somebody types at once */
  constructor(opening) {
    this.opening = opening;
  }

  /**
   * Take one key and return what can be passed on now.
   * @param {Key} key
   * @param {number} atMs
   * @returns {(Key | Burst)[]}
   */
  pressed(key, atMs) {
    const before = this.atTime(atMs);
    if (ENDS.includes(key.name)) return [...before, ...this.#ended(key, atMs)];
    if (key.name.length > 1 && !key.place) return [...before, ...this.#passedOn(), key];
    this.#run.push(key);
    this.#lastMs = atMs;
    return [...before, ...this.#wholeCode(atMs)];
  }

  /**
   * Return what can be passed on because no key followed in time.
   * @param {number} atMs
   * @returns {(Key | Burst)[]}
   */
  atTime(atMs) {
    const isOver = this.#run.length > 0 && atMs - this.#lastMs > this.patienceMs;
    return isOver ? this.#passedOn() : [];
  }

  /** So long after its last key a run is over. */
  get patienceMs() {
    const [first] = this.#run;
    return first && this.opening.includes(meantKey(first.name, first.place)) ? GAP_MS : CODE_GAP_MS;
  }

  /**
   * @param {Key} key
   * @param {number} atMs
   * @returns {(Key | Burst)[]}
   */
  #ended(key, atMs) {
    if (!this.#run.length && atMs - this.#endedMs < END_BELONGS_MS) {
      this.#endedMs = atMs;
      return []; // the end of a code that was taken already, or the second of two
    }
    if (this.#run.length < SHORTEST) return [...this.#passedOn(), key];
    this.#endedMs = atMs;
    return this.#passedOn();
  }

  /**
   * @param {number} atMs
   * @returns {(Key | Burst)[]}
   */
  #wholeCode(atMs) {
    // A command may have been pressed right before the code.
    for (let start = 0; start < SHORTEST && this.#run.length - start >= CODE_LENGTH; start += 1) {
      const burst = burstOf(this.#run.slice(start));
      if (!isWholeCode(burst.text, burst.places)) continue;
      const before = this.#run.slice(0, start);
      this.#run = [];
      this.#endedMs = atMs;
      return [...before, burst];
    }
    return [];
  }

  /** @returns {(Key | Burst)[]} */
  #passedOn() {
    const keys = this.#run;
    this.#run = [];
    return keys.length >= SHORTEST ? [burstOf(keys)] : keys;
  }
}

/**
 * @param {Key[]} keys
 * @returns {Burst}
 */
function burstOf(keys) {
  return {
    text: keys.map(({ name }) => name).join(""),
    places: keys.map(({ place }) => place).join(""),
  };
}
