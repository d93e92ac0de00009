// Tell new codes from the badge that is still in front of the camera.

/** A code is fresh when it was not seen during the last `pauseMs`; each sight starts them anew. */
export class Debounce {
  /** @type {Map<string, number>} */
  #seen = new Map();

  constructor(pauseMs = 5_000) {
    this.pauseMs = pauseMs;
  }

  /**
   * Note a sight of a code, and say whether it is fresh.
   * @param {string} code
   * @param {number} nowMs
   */
  fresh(code, nowMs) {
    const before = this.#seen.get(code);
    this.#seen.set(code, nowMs);
    for (const [old, at] of this.#seen) if (nowMs - at >= this.pauseMs) this.#seen.delete(old);
    return before === undefined || nowMs - before >= this.pauseMs;
  }

  /**
   * Let a code count as new at once: its scan could not be kept.
   * @param {string} code
   */
  forget(code) {
    this.#seen.delete(code);
  }

  /** Let every code count as new: who came in may leave right after. */
  forgetAll() {
    this.#seen.clear();
  }
}
