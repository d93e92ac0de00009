// What an entry of a segment tells, written short: as checkin/protocol/compact_entries.py defines it.
import { bytesOf, hexOf } from "../../shared/bytes.js";

/** @import { BusContent, EntryContent, Passenger } from "./gate-list.js" */
/** @import { Delegation } from "../scan.js" */

/**
 * A category as the head of a list in segments tells it.
 * @typedef {{id: number, name: string, name_ar: string | null, gates: number[]}} NamedCategory
 */

/**
 * What the head of a list in segments tells of all entries.
 * @typedef {object} ListNames
 * @property {Map<number, Delegation>} delegations
 * @property {Map<number, NamedCategory>} categories
 */

/** @type {EntryContent["standing"][]} */
const STANDINGS = ["confirmed", "reserve", "canceled"];

/** @type {ListNames} */
export const NO_NAMES = { delegations: new Map(), categories: new Map() };

/**
 * Read the names in the head of a list in segments.
 * @param {{delegations?: Delegation[], categories?: NamedCategory[]}} head
 * @returns {ListNames}
 */
export function namesIn({ delegations = [], categories = [] }) {
  return {
    delegations: new Map(delegations.map((one) => [Number(one.id), one])),
    categories: new Map(categories.map((one) => [Number(one.id), one])),
  };
}

/**
 * Return what a compact entry tells, as a whole one tells it; throws where it is none.
 * @param {any[]} row
 * @param {ListNames} names
 * @returns {EntryContent}
 */
export function wholeEntry(row, names) {
  const [id, of, category_id, standing, name, name_ar = null, phone, more] = row;
  const { participant: own = {}, ...beside } = more ?? {};
  if (!(standing in STANDINGS) || typeof name !== "string") throw new TypeError("no entry");
  // Whoever has moved since comes with the changes behind the segments: until then without names.
  const category = names.categories.get(category_id);
  const delegation = names.delegations.get(of);
  return {
    participant: {
      id,
      name,
      name_ar,
      ...own,
      category: category?.name ?? "",
      category_ar: category?.name_ar ?? null,
    },
    delegation: {
      id: of,
      name: delegation?.name ?? "",
      name_ar: delegation?.name_ar ?? null,
      quota: delegation?.quota ?? 0,
    },
    standing: STANDINGS[standing],
    blocked: false,
    gates: category?.gates ?? [],
    category_id,
    ...(phone ? { coordinator_phone: phone } : {}),
    ...beside,
  };
}

/**
 * Return the list of a bus as a whole entry tells it; throws where it is none.
 * @param {any[]} row
 * @param {ListNames} names
 * @returns {BusContent}
 */
export function wholeBus([id, name, of, people], names) {
  const { delegation } = wholeEntry([0, of, 0, 0, ""], names);
  return {
    bus: { id, name },
    delegation,
    people: people.map((/** @type {[string, any[]]} */ [tag, row]) => passenger(tag, row, names)),
  };
}

/**
 * @param {string} tag
 * @param {any[]} row
 * @param {ListNames} names
 * @returns {Passenger}
 */
function passenger(tag, row, names) {
  const { delegation: _, ...told } = wholeEntry(row, names);
  return { ref: hexOf(bytesOf(tag)), ...told };
}
