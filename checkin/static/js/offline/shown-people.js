// Whom this help desk has shown without the network, and when: numbers and times, no names. They are
// counted here as the server counts them (checkin/domain/people/searching.py), and told to it afterwards.

/** @import { Storage } from "./store/storage.js" */

/**
 * Somebody who was shown, at a moment of the server's clock.
 * @typedef {object} ShownRow
 * @property {string} id their number
 * @property {number} at in milliseconds
 * @property {boolean} told the server knows
 */

/** The time for which a budget is meant. */
export const BUDGET_LASTS_MS = 60 * 60_000;

export class ShownPeople {
  /** @type {Map<number, ShownRow>} */
  #shown;

  /**
   * @param {Storage} storage
   * @param {ShownRow[]} rows as they are stored
   */
  constructor(storage, rows) {
    this.storage = storage;
    this.#shown = new Map(rows.map((row) => [Number(row.id), row]));
  }

  /**
   * Return how many milliseconds to wait before these people may be shown; null if they may be now. Who
   * counts already counts no further, and nobody is given back: the server gives nobody back either.
   * @param {number[]} people
   * @param {number} budget
   * @param {number} now
   */
  wait(people, budget, now) {
    const counted = [...this.#shown.values()].filter(({ at }) => at > now - BUDGET_LASTS_MS);
    const known = new Set(counted.map(({ id }) => Number(id)));
    const fresh = people.filter((id) => !known.has(id));
    if (counted.length < budget && counted.length + fresh.length <= budget) return null;
    const first = Math.min(now, ...counted.map(({ at }) => at));
    return first + BUDGET_LASTS_MS - now;
  }

  /**
   * Count people as shown; it is on the disk when this returns.
   * @param {number[]} people
   * @param {number} at
   * @param {boolean} told it was the server that showed them
   */
  async note(people, at, told = false) {
    const rows = people.map((id) => ({ id: String(id), at, told }));
    const over = [...this.#shown.values()].filter(
      (row) => row.told && row.at <= at - BUDGET_LASTS_MS,
    );
    await this.storage.write(["shown"], (store) => {
      for (const { id } of over) store("shown").delete(id);
      for (const row of rows) store("shown").put(row);
    });
    for (const { id } of over) this.#shown.delete(Number(id));
    for (const row of rows) this.#shown.set(Number(row.id), row);
  }

  /**
   * Return those of whom the server does not know, the earliest first.
   * @param {number} most
   */
  untold(most = 500) {
    const rows = [...this.#shown.values()].filter(({ told }) => !told);
    return rows.sort((one, other) => one.at - other.at).slice(0, most);
  }

  /**
   * Note that the server knows of these; who was shown again meanwhile is not among them.
   * @param {ShownRow[]} rows
   */
  async tell(rows) {
    const known = rows.filter(({ id, at }) => this.#shown.get(Number(id))?.at === at);
    const told = known.map((row) => ({ ...row, told: true }));
    await this.storage.write(["shown"], (store) => {
      for (const row of told) store("shown").put(row);
    });
    for (const row of told) this.#shown.set(Number(row.id), row);
  }

  /** Erase everything. */
  async wipe() {
    await this.storage.write(["shown"], (store) => store("shown").clear());
    this.#shown.clear();
  }
}
