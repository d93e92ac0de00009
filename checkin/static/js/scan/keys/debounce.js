// Pass a badge on once each time it is shown, and tell it apart when it comes back.
// scanner/camera/debounce.py is the same rule; tests/vectors/debounce.json holds both.

const AWAY_MS = 1_000; // a code that was away for less may only have been misread

/**
 * What a code in the picture is: "held" has not left, or only for a moment; "again" had left, and is
 * back too soon to be a new showing.
 * @typedef {"new" | "held" | "again"} Showing
 */

/** Remembers when each code was last seen, and which have left the picture since. */
export class Debounce {
  /** @type {Map<string, number>} */
  #seen = new Map();
  /** @type {Set<string>} */
  #left = new Set();
  /** @type {Set<string>} */
  #released = new Set();

  /** @param {number} pauseMs a code that was out of view for so long counts as new */
  constructor(pauseMs = 5_000) {
    this.pauseMs = pauseMs;
  }

  /**
   * Note the codes of one picture, and say of each what it is. Each sight of a code restarts its wait.
   * A code has left only when a picture lacked it: a page that stands still for seconds shows no badge
   * again.
   * @param {string[]} codes
   * @param {number} nowMs
   * @returns {Map<string, Showing>}
   */
  picture(codes, nowMs) {
    for (const code of this.#seen.keys()) if (!codes.includes(code)) this.#left.add(code);
    const showings = new Map(codes.map((code) => [code, this.#showing(code, nowMs)]));
    for (const code of codes) {
      this.#left.delete(code);
      if (showings.get(code) === "new") this.#released.delete(code);
      this.#seen.set(code, nowMs);
    }
    for (const [code, at] of this.#seen) if (nowMs - at > this.pauseMs) this.forget(code);
    return showings;
  }

  /**
   * Note what a hand scanner or a person wrote: between two readings nothing is in view.
   * @param {string} code
   * @param {number} nowMs
   */
  reading(code, nowMs) {
    this.picture([], nowMs);
    return this.picture([code], nowMs).get(code);
  }

  /**
   * Let a code count as new as soon as it is back: its scan was taken back.
   * @param {string} code
   */
  release(code) {
    this.#released.add(code);
  }

  /**
   * Let a code count as new at once, also while it is held: its scan could not be kept.
   * @param {string} code
   */
  forget(code) {
    for (const codes of [this.#seen, this.#left, this.#released]) codes.delete(code);
  }

  /** Let every code count as new: who came in may leave right after. */
  forgetAll() {
    for (const codes of [this.#seen, this.#left, this.#released]) codes.clear();
  }

  /**
   * @param {string} code
   * @param {number} nowMs
   * @returns {Showing}
   */
  #showing(code, nowMs) {
    const before = this.#seen.get(code);
    if (before === undefined || nowMs - before >= this.pauseMs) return "new";
    if (!this.#left.has(code) || nowMs - before < AWAY_MS) return "held";
    return this.#released.has(code) ? "new" : "again";
  }
}
