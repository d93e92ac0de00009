// A bus at the gate: its list, who is ticked on it, and what the verdicts sum up to. The scanner does
// the same in scanner/gate/bus.py, and both pass tests/vectors/bus_list.json.
import { randomId } from "../shared/bytes.js";
import { utcText } from "./scan.js";

/** @import { BusContent, Passenger } from "./list/gate-list.js" */
/** @import { Delegation, Kind, Reading } from "./scan.js" */

/** @typedef {Passenger & {arrived_at?: string | null}} Rider */

/**
 * The list of a bus as it is opened; who has come in has `arrived_at`.
 * @typedef {Omit<BusContent, "people"> & {people: Rider[]}} OpenedBus
 */

/**
 * Somebody on a list as it is used at the gate.
 * @typedef {Rider & {delegation: Delegation}} Listed
 */

/**
 * The scan of somebody on the list of a bus, as it is kept: by the reference of their badge.
 * @typedef {Reading & {badge_ref: string}} BusScan
 */

/**
 * A scan with whom it is about, which is in memory only; it is sent by their number. `pin` is of the
 * supervisor who lets people in without a badge, where the event asks for one.
 * @typedef {object} ListedScan
 * @property {BusScan} scan
 * @property {Listed} listed
 * @property {string} [pin]
 */

/**
 * What became of a bus; `refused` are places of the verdicts of those who stay outside.
 * @typedef {{letIn: number, already: number, refused: number[]}} BusResult
 */

/** @type {Set<Kind>} */
const LET_IN = new Set(["ok", "pending"]);

export class BusList {
  /** @type {Set<number>} */
  #ticked = new Set(); // places in `people`
  #chosen = 0; // place among the shown ones
  #letters = "";

  /** @param {OpenedBus} content */
  constructor({ bus, delegation, people }) {
    this.bus = bus;
    this.delegation = delegation;
    /** @type {Listed[]} */
    this.people = people.map((one) => ({ ...one, delegation }));
    for (const [place, one] of people.entries()) if (!one.arrived_at) this.#ticked.add(place);
  }

  /** The places of the people whose names match what was typed. */
  get shown() {
    const word = plain(this.#letters);
    const matches = (/** @type {Listed} */ { participant }) =>
      [participant.name, participant.name_ar].some((name) => plain(name ?? "").includes(word));
    return [...this.people.keys()].filter((place) => matches(this.people[place]));
  }

  /** The place of the marked person; null where nobody is shown. */
  get marked() {
    const { shown } = this;
    return shown[Math.min(this.#chosen, shown.length - 1)] ?? null;
  }

  get inBefore() {
    return this.people.filter((one) => one.arrived_at).length;
  }

  get tickedCount() {
    return this.#ticked.size;
  }

  /** @param {number} place */
  isTicked(place) {
    return this.#ticked.has(place);
  }

  /**
   * Mark another of the shown people.
   * @param {number} by
   */
  move(by) {
    const last = this.shown.length - 1;
    this.#chosen = Math.max(0, Math.min(Math.min(this.#chosen, last) + by, last));
  }

  /**
   * Tick a person, or no longer; who has come in stays as they are. What was typed is done with.
   * @param {number | null} place
   */
  toggle(place = this.marked) {
    if (place === null || this.people[place].arrived_at) return;
    if (!this.#ticked.delete(place)) this.#ticked.add(place);
    this.#chosen = place;
    this.#letters = "";
  }

  /**
   * Whether the space key goes on with a name instead of ticking the marked person: after a whole word
   * of several people's names, who writes Khadija Tazi does not mean the first Khadija.
   */
  get spaceGoesOn() {
    const [word, { shown }] = [plain(this.#letters), this];
    if (!word || this.#letters.endsWith(" ") || this.#chosen || shown.length < 2) return false;
    const names = shown.flatMap((place) => {
      const { name, name_ar: nameAr } = this.people[place].participant;
      return [name, nameAr ?? ""];
    });
    return names.some((name) => ` ${plain(name)}`.includes(` ${word} `));
  }

  /**
   * Show those whose names match some letters.
   * @param {string} letters
   */
  find(letters) {
    this.#letters = letters;
    this.#chosen = 0;
  }

  /**
   * Return a scan for each person who is ticked, in the order of the list.
   * @param {number} at in milliseconds of this device's clock
   * @param {string} [pin]
   * @returns {ListedScan[]}
   */
  scans(at, pin) {
    const ticked = this.people.filter((_, place) => this.#ticked.has(place));
    return ticked.map((listed) => ({ scan: busScan(listed, at), listed, pin }));
  }
}

/**
 * @param {Listed} listed
 * @param {number} at
 * @returns {BusScan}
 */
function busScan({ ref }, at) {
  const how = { type: /** @type {const} */ ("entry"), source: /** @type {const} */ ("bus") };
  return { scan_id: randomId(), ...how, scanned_at: utcText(at), badge_ref: ref };
}

/**
 * Return what is sent of a scan while the person stands at the gate.
 * @param {ListedScan} listedScan
 */
export function bodyOf({ scan: { badge_ref: _, ...reading }, listed, pin }) {
  const supervised = pin ? { supervisor_pin: pin } : {};
  return { ...reading, participant_id: Number(listed.participant.id), ...supervised };
}

/**
 * Sum up the verdicts of a bus, given as they are shown.
 * @param {Kind[]} kinds
 * @param {number} inBefore so many had come in when the list was opened
 * @returns {BusResult}
 */
export function summedUp(kinds, inBefore) {
  const already = inBefore + kinds.filter((kind) => kind === "already").length;
  const isOut = (/** @type {number} */ place) =>
    !LET_IN.has(kinds[place]) && kinds[place] !== "already";
  return {
    letIn: kinds.filter((kind) => LET_IN.has(kind)).length,
    already,
    refused: [...kinds.keys()].filter(isOut),
  };
}

/**
 * Return a name without what people leave out when they type it.
 * @param {string} name
 */
function plain(name) {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
