// Which badges are held up together: a family, a bus leader with four.
import { Debounce } from "./keys/debounce.js";

/** Whoever is read later than this after a neighbour is the next in the queue. */
const TOGETHER_MS = 2_000;
const KEPT = 200;

/** Numbers the parties as badges come into view; a picture that shows two makes them one party. */
export class Parties {
  #debounce = new Debounce();
  /** @type {Map<string, number>} */
  #party = new Map();
  /** @type {number[]} */
  #began = [];

  /**
   * Note the codes of one picture, before any of them can have its verdict.
   * @param {string[]} texts
   * @param {number} at
   */
  seen(texts, at) {
    const showings = this.#debounce.picture(texts, at);
    const fresh = new Set(texts.filter((text) => showings.get(text) === "new"));
    if (!fresh.size) return;
    const party = this.#inView(
      texts.filter((text) => !fresh.has(text)),
      at,
    );
    for (const text of fresh) {
      this.#party.delete(text);
      this.#party.set(text, party);
    }
    for (const [oldest] of this.#party) if (this.#party.size > KEPT) this.#party.delete(oldest);
  }

  /**
   * Return the party of a badge, or null when no picture showed it.
   * @param {string} text
   */
  partyOf(text) {
    return this.#party.get(text) ?? null;
  }

  /**
   * @param {string[]} held the codes that were in view before
   * @param {number} at
   */
  #inView(held, at) {
    const parties = held.map((text) => this.#party.get(text)).filter((one) => one !== undefined);
    const recent = parties.filter((one) => at - this.#began[one] <= TOGETHER_MS);
    if (recent.length) return Math.max(...recent);
    return this.#began.push(at) - 1;
  }
}
