// An index, in memory, of the people of a list by the words of their names, as
// checkin/domain/people/name_index.py has it. A word is kept under the consonants that all its spellings
// have in common, so that few words are compared with what was typed, whatever the rules of spelling.
import { NOBODY, SOUNDS_LIKE } from "./name-key.js";

/** @import { Spelling } from "./name-search.js" */

/** Consonants with which a word that is not typed to its end is looked for. */
const ENOUGH = 2;

export class NameIndex {
  /** @type {Map<string, number[]>} */
  #people = new Map();
  /** @type {Map<string, string[]>} */
  #words = new Map();

  /** @param {Spelling} spelling */
  constructor(spelling) {
    this.spelling = spelling;
  }

  /**
   * Add somebody by all their names.
   * @param {number} id
   * @param {string[]} names
   */
  put(id, names) {
    for (const word of this.#wordsOfAll(names)) {
      const people = this.#people.get(word);
      if (people) people.push(id);
      else this.#add(word, id);
    }
  }

  /**
   * Take somebody out, who was added by these names.
   * @param {number} id
   * @param {string[]} names
   */
  drop(id, names) {
    for (const word of this.#wordsOfAll(names)) {
      const people = this.#having(word);
      people.splice(people.indexOf(id), 1);
    }
  }

  /**
   * Return who has every word of a text, in any spelling, and perhaps some others.
   * @param {string} text
   * @returns {Set<number>}
   */
  spelt(text) {
    const words = this.spelling.wordsOf(text);
    const byWord = words.map((word) => union(this.#spelt(word), this.#speltAsTwo(word)));
    const ways = words.slice(1).map((other, at) => {
      const asOne = this.#alike(
        `${words[at]} ${other}`,
        this.#keysOfBoth(words[at], other),
        SOUNDS_LIKE,
      );
      return inAll([...byWord.slice(0, at), asOne, ...byWord.slice(at + 2)]);
    });
    return ways.reduce(union, inAll(byWord));
  }

  /**
   * Return who has words that sound like every word of a text, or begin so.
   * @param {string} text
   */
  sounding(text) {
    return inAll(this.spelling.wordsOf(text).map((word) => this.#sounding(word)));
  }

  /**
   * @param {string} word
   * @param {number} id
   */
  #add(word, id) {
    this.#people.set(word, [id]);
    for (const key of this.#keys(word)) {
      const words = this.#words.get(key);
      if (words) words.push(word);
      else this.#words.set(key, [word]);
    }
  }

  /** @param {string} word */
  #spelt(word) {
    return this.#alike(word, this.#keys(word), SOUNDS_LIKE);
  }

  /** @param {string} word */
  #sounding(word) {
    const keys = this.#keys(word).filter(Boolean);
    const begun = keys.filter((key) => key.length >= ENOUGH);
    const longer = [...this.#words.keys()].filter((key) =>
      begun.some((begin) => key.startsWith(begin)),
    );
    return this.#alike(word, [...keys, ...longer], NOBODY);
  }

  /**
   * Return who has two words that are written as one: Fatima Zahra, for Fatimazahra.
   * @param {string} word
   */
  #speltAsTwo(word) {
    const found = new Set();
    for (const [begin, end] of parted(this.#keys(word))) {
      for (const one of this.#words.get(begin) ?? []) {
        const havingOne = new Set(this.#having(one));
        for (const other of this.#words.get(end) ?? []) {
          const both = this.#having(other).filter((id) => havingOne.has(id));
          const isFar = () => this.spelling.distance(word, [`${one} ${other}`]) >= SOUNDS_LIKE;
          if (both.length && !isFar()) for (const id of both) found.add(id);
        }
      }
    }
    return found;
  }

  /**
   * Return who has a word under one of these keys that is nearer to a text than `farther`.
   * @param {string} text
   * @param {string[]} keys
   * @param {number} farther
   */
  #alike(text, keys, farther) {
    const words = new Set(keys.flatMap((key) => this.#words.get(key) ?? []));
    const near = [...words].filter((word) => this.spelling.distance(text, [word]) < farther);
    return new Set(near.flatMap((word) => this.#having(word)));
  }

  /** @param {string} word */
  #having(word) {
    return this.#people.get(word) ?? [];
  }

  /** @param {string[]} names */
  #wordsOfAll(names) {
    return new Set(names.flatMap((name) => this.spelling.wordsOf(name)));
  }

  /**
   * Return the consonants of each reading of a word, but for those that spellings leave out.
   * @param {string} word
   */
  #keys(word) {
    const readings = this.spelling.readings(word);
    return [...new Set(readings.map(({ consonants }) => single(consonants.replace(/[hwy]/g, ""))))];
  }

  /**
   * @param {string} one
   * @param {string} other
   */
  #keysOfBoth(one, other) {
    return this.#keys(one).flatMap((begin) => this.#keys(other).map((end) => single(begin + end)));
  }
}

/** @param {string} consonants */
const single = (consonants) => consonants.replace(/(.)\1+/g, "$1");

/**
 * Return the keys of two words that have one of these as the key of both written as one.
 * @param {string[]} keys
 */
function* parted(keys) {
  for (const key of keys) {
    for (let at = 1; at < key.length; at += 1) {
      yield [key.slice(0, at), key.slice(at)];
      yield [key.slice(0, at), key.slice(at - 1)];
    }
  }
}

/**
 * @param {Set<number>} some
 * @param {Set<number>} others
 */
const union = (some, others) => new Set([...some, ...others]);

/**
 * @param {Set<number>[]} sets
 * @returns {Set<number>}
 */
function inAll([first, ...others]) {
  return new Set([...(first ?? [])].filter((id) => others.every((set) => set.has(id))));
}
