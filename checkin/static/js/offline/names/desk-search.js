// Find people in a list in memory, as a help desk does without the network: the same people in the same
// order as checkin/domain/people/desk_search.py, held to the same vectors. Names are found however they are
// spelt, and ranked as by the server.

import { normaliseCode, parseCode } from "../badge-code.js";
import { busesOf, foundBuses } from "../desk-buses.js";
import { badgeRef } from "../list/gate-list.js";
import { foldName, withPlainDigits, wordsIn } from "./fold-name.js";
import { NameIndex } from "./name-index.js";
import { byName, byPlace, likeliest, Spelling } from "./name-search.js";

/** @import { DeskBus } from "../desk-buses.js" */
/** @import { Listed } from "../help-desk.js" */
/** @import { NameTables } from "./name-sounds.js" */

/**
 * Somebody of the list of people, and by what they are found: their names as they are written, and folded;
 * the references of their badges; how many words their shortest name has.
 * @typedef {object} Findable
 * @property {number} id
 * @property {Listed} listed
 * @property {string[]} names
 * @property {string} folded
 * @property {string | null} email
 * @property {string | null} phone
 * @property {string[]} refs
 * @property {number} words
 */

const MIN_LETTERS = 3;
const PHONE_ENDING = 4;
const NATIONAL_DIGITS = 9;
const NUMBER = /^(#|№|n *[°º]|n[or]\.? |رقم)? *([0-9]{1,8})$/i;
const PHONE = /^[+(]?[0-9][0-9 ().-]{6,20}$/;
/** So many people are compared with a name that was typed; of a name that more have, some come first. */
const MOST_COMPARED = 100;

/**
 * Say whether too little is typed to search for anything.
 * @param {string} text
 */
export function isTooShort(text) {
  const number = NUMBER.exec(withPlainDigits(text).trim());
  if (number) return !number[1] && number[2].length < MIN_LETTERS;
  return wordsIn(foldName(text)).join("").length < MIN_LETTERS;
}

/** The people of a list, in memory, as a help desk finds them. */
export class DeskPeople {
  /** @type {Map<number, Findable>} */
  #people = new Map();
  /** @type {Spelling} */
  #spelling;
  /** @type {NameIndex} */
  #index;
  /** @type {Map<number, DeskBus> | null} */
  #buses = null; // made when they are first asked for

  /** @param {NameTables} tables */
  constructor(tables) {
    this.#spelling = new Spelling(tables);
    this.#index = new NameIndex(this.#spelling);
  }

  /**
   * Add a person, in the place of whoever had their number; the same record costs nothing.
   * @param {Listed} listed
   */
  put(listed) {
    const id = Number(listed.participant.id);
    if (this.#people.get(id)?.listed === listed) return;
    this.#drop(id);
    const person = findable(listed, this.#spelling);
    this.#people.set(id, person);
    this.#index.put(id, person.names);
    this.#buses = null;
  }

  /**
   * Forget everybody else.
   * @param {Set<number>} ids
   */
  keepOnly(ids) {
    for (const id of this.#people.keys()) if (!ids.has(id)) this.#drop(id);
  }

  /**
   * Return what the list tells of somebody; null of a stranger.
   * @param {number} id
   */
  listed(id) {
    return this.#people.get(id)?.listed ?? null;
  }

  /**
   * Return the first people whom a text finds, the likeliest first, and how many more there are.
   * @param {string} text
   * @param {number} most
   */
  find(text, most) {
    const distance = distanceFrom(text);
    if (!distance) return this.#named(text, most);
    const found = [];
    for (const person of this.#people.values()) {
      const far = distance(person);
      if (far !== null) found.push({ far, folded: person.folded, id: person.id });
    }
    const ids = found.sort(byPlace).map(({ id }) => id);
    return { ids: ids.slice(0, most), more: Math.max(ids.length - most, 0) };
  }

  /**
   * Return the first buses that a text finds by their name, delegation or leader, and the leaders' numbers.
   * @param {string} text
   */
  findBuses(text) {
    return foundBuses(this.#allBuses.values(), text);
  }

  /**
   * Return a bus by its number; null where nobody of the list rides in it.
   * @param {number} id
   */
  bus(id) {
    return this.#allBuses.get(id) ?? null;
  }

  get #allBuses() {
    this.#buses ??= busesOf([...this.#people.values()].map(({ listed }) => listed));
    return this.#buses;
  }

  /**
   * @param {string} text
   * @param {number} most
   */
  #named(text, most) {
    const [spelt, holding] = [this.#index.spelt(text), this.#holding(wordsIn(foldName(text)))];
    const ids = likeliest((names) => this.#spelling.distance(text, names), {
      spelt: this.#first(spelt),
      holding: this.#first(holding),
      sounding: () => this.#first(this.#index.sounding(text)),
    });
    const areAllCompared = Math.max(spelt.size, holding.size) <= MOST_COMPARED;
    const total = areAllCompared ? ids.length : new Set([...spelt, ...holding]).size;
    return { ids: ids.slice(0, most), more: Math.max(total - most, 0) };
  }

  /**
   * Return whose names hold every one of these words, or a part of one.
   * @param {string[]} words
   */
  #holding(words) {
    /** @type {Set<number>} */
    const found = new Set();
    if (!words.length) return found;
    for (const { id, folded } of this.#people.values())
      if (words.every((word) => folded.includes(word))) found.add(id);
    return found;
  }

  /** @param {Set<number>} ids */
  #first(ids) {
    const people = [...ids].flatMap((id) => this.#people.get(id) ?? []);
    return people.sort(byUsualPlace).slice(0, MOST_COMPARED);
  }

  /** @param {number} id */
  #drop(id) {
    const gone = this.#people.get(id);
    if (gone) this.#index.drop(id, gone.names);
    if (this.#people.delete(id)) this.#buses = null;
  }
}

/**
 * Return by what a person of the list of people is found.
 * @param {Listed} listed
 * @param {Spelling} spelling
 * @returns {Findable}
 */
function findable(listed, spelling) {
  const { participant, names: others, email, phone, refs } = listed;
  const names = [participant.name, participant.name_ar, ...others].filter(Boolean).map(String);
  const folded = names.map(foldName).join(" ");
  const words = names.length ? Math.min(...names.map((name) => spelling.wordsOf(name).length)) : 0;
  return { id: Number(participant.id), listed, names, folded, email, phone, refs, words };
}

/**
 * Compare where two come among those who are as near: the shortest name comes first.
 * @param {Findable} one
 * @param {Findable} other
 */
const byUsualPlace = (one, other) => one.words - other.words || byName(one, other);

/**
 * Return what says how far somebody is from a text, or null where they are not meant; null for a name.
 * @param {string} text
 * @returns {((person: Findable) => number | null) | null}
 */
function distanceFrom(text) {
  const plain = withPlainDigits(text).trim();
  const token = parseCode(normaliseCode(text));
  if (token) return zeroIf(({ refs }) => refs.includes(badgeRef(token)));
  if (plain.includes("@")) return zeroIf(({ email }) => email === plain.toLowerCase());
  const digits = plain.replace(/[^0-9]/g, "");
  if (PHONE.test(plain) && digits.length >= NATIONAL_DIGITS)
    return zeroIf(({ phone }) => (phone ?? "").endsWith(digits.slice(-NATIONAL_DIGITS)));
  const number = NUMBER.exec(plain);
  return number && numbered(Number(number[2]), number[1] ? "" : number[2]);
}

/**
 * @param {(person: Findable) => boolean} isMeant
 * @returns {(person: Findable) => number | null}
 */
const zeroIf = (isMeant) => (person) => (isMeant(person) ? 0 : null);

/**
 * @param {number} number on a badge
 * @param {string} ending of a telephone, if it is one
 * @returns {(person: Findable) => number | null}
 */
function numbered(number, ending) {
  return ({ id, phone }) => {
    if (id === number) return 0;
    return ending.length === PHONE_ENDING && (phone ?? "").endsWith(ending) ? 1 : null;
  };
}
