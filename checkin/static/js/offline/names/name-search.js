// Which people a name means first, and the rules of spelling for that; as
// checkin/domain/people/name_search.py decides for the server's search.
import { NameKey, NOBODY, SOUNDS_LIKE } from "./name-key.js";
import { NameSounds } from "./name-sounds.js";

/** @import { NameTables } from "./name-sounds.js" */

/**
 * Somebody who may be meant; `folded` is their names as foldName writes them, in whose order those come
 * who are as near.
 * @typedef {object} Candidate
 * @property {number} id
 * @property {string} folded
 * @property {string[]} names
 */

/** @typedef {{far: number, folded: string, id: number}} Place */

/** So many names and words are remembered at most: what the rules have read of them grows. */
const MOST_READ = 20_000;

/** The rules of spelling by the server's tables. */
export class Spelling {
  #read = 0;
  /** @type {NameKey} */
  #key;
  /** @type {NameSounds} */
  #sounds;

  /** @param {NameTables} tables */
  constructor(tables) {
    this.tables = tables;
    this.#key = new NameKey(tables);
    this.#sounds = new NameSounds(tables);
  }

  /**
   * Return the words of a name, in order, as they make one name each.
   * @param {string} name
   */
  wordsOf(name) {
    this.#count();
    return this.#sounds.wordsOf(name);
  }

  /**
   * Return the ways to read one of these words.
   * @param {string} word
   */
  readings(word) {
    return this.#sounds.readings(word);
  }

  /**
   * Return how far a person's names are from what was typed, 0 for the same; see NOBODY.
   * @param {string} typed
   * @param {string[]} names
   */
  distance(typed, names) {
    this.#count();
    return this.#key.searchDistance(typed, names);
  }

  #count() {
    this.#read += 1;
    if (this.#read < MOST_READ) return;
    this.#read = 0;
    this.#key = new NameKey(this.tables);
    this.#sounds = new NameSounds(this.tables);
  }
}

/**
 * Return the ids of the people whom a name may mean, the likeliest first.
 * @param {(names: string[]) => number} distance of names from what was typed
 * @param {object} candidates
 * @param {Iterable<Candidate>} candidates.spelt who may have the name in another spelling
 * @param {Iterable<Candidate>} candidates.holding whose names hold every word that was typed, or a part
 * @param {() => Iterable<Candidate>} candidates.sounding returns those whose names may sound like it; they
 *   count if there are no others
 */
export function likeliest(distance, { spelt, holding, sounding }) {
  const found = compared(distance, spelt, SOUNDS_LIKE - 1);
  for (const [id, place] of compared(distance, holding, NOBODY)) found.set(id, place);
  const places = found.size ? found : compared(distance, sounding(), NOBODY - 1);
  return [...places.values()].sort(byPlace).map(({ id }) => id);
}

/**
 * @param {Place} one
 * @param {Place} other
 */
export const byPlace = (one, other) => one.far - other.far || byName(one, other);

/** @typedef {{folded: string, id: number}} Named */

/**
 * @param {Named} one
 * @param {Named} other
 */
export function byName(one, other) {
  if (one.folded === other.folded) return one.id - other.id;
  return one.folded < other.folded ? -1 : 1;
}

/**
 * Return the place of each person who is not too far.
 * @param {(names: string[]) => number} distance
 * @param {Iterable<Candidate>} candidates
 * @param {number} farthest
 */
function compared(distance, candidates, farthest) {
  /** @type {Map<number, Place>} */
  const found = new Map();
  for (const { id, folded, names } of candidates) {
    const far = distance(names);
    if (far <= farthest) found.set(id, { far, folded, id });
  }
  return found;
}
