// The buses of the people in a list in memory, as a help desk finds them without the network: the same as
// checkin/domain/people/desk_buses.py. A bus is found by its name, its delegation, and whoever leads it; its
// list is what the badge of its leader opens.
import { foldName, wordsIn } from "./names/fold-name.js";
import { byName } from "./names/name-search.js";

/** @import { Passenger } from "./list/gate-list.js" */
/** @import { Listed } from "./help-desk.js" */
/** @import { OpenedBus } from "./bus.js" */
/** @import { Delegation } from "./scan.js" */

/**
 * A bus with whoever rides in it, in the order of their names; the folded names of its leaders by their numbers.
 * @typedef {object} DeskBus
 * @property {number} id
 * @property {string} name
 * @property {Delegation} delegation
 * @property {Listed[]} people
 * @property {Map<number, string>} leaders
 */

/** So many buses does one search show. */
const BUSES_SHOWN = 5;

/**
 * Return the buses of the people of a list by their numbers; who has no badge is on no list.
 * @param {Iterable<Listed>} people
 */
export function busesOf(people) {
  /** @type {Map<number, Listed[]>} */
  const riders = new Map();
  for (const one of people) {
    if (typeof one.bus_id !== "number" || !one.refs.length) continue;
    const others = riders.get(one.bus_id);
    if (others) others.push(one);
    else riders.set(one.bus_id, [one]);
  }
  return new Map([...riders].map(([id, of]) => [id, busOf(id, of)]));
}

/**
 * Return the first buses whose name, delegation and leaders have all of the words of a text, and the numbers
 * of those by whose names some of them were found: a bus names nobody, but what was typed and found it does.
 * @param {Iterable<DeskBus>} buses
 * @param {string} text
 */
export function foundBuses(buses, text) {
  const words = wordsIn(foldName(text));
  const found = (words.length ? [...buses].sort(byDelegation) : [])
    .map((bus) => ({ bus, namedBy: namedBy(words, bus) }))
    .filter(({ namedBy }) => namedBy !== null)
    .slice(0, BUSES_SHOWN);
  return {
    buses: found.map(({ bus }) => bus),
    leaders: found.flatMap(({ namedBy }) => namedBy ?? []),
  };
}

/**
 * Return a bus as the badge of its leader opens its list.
 * @param {DeskBus} bus
 * @returns {OpenedBus}
 */
export function openedBus({ id, name, delegation, people }) {
  const { id: of, name: ofName, name_ar } = delegation;
  return {
    bus: { id, name },
    delegation: { id: of, name: ofName, name_ar },
    people: people.map(passengerOf),
  };
}

/**
 * @param {number} id
 * @param {Listed[]} riders
 * @returns {DeskBus}
 */
function busOf(id, riders) {
  const named = riders.map((listed) => ({
    listed,
    folded: foldedOf(listed),
    id: Number(listed.participant.id),
  }));
  named.sort(byName);
  const leaders = named.filter(({ listed }) => listed.leads_bus);
  return {
    id,
    name: riders[0].bus ?? "",
    delegation: riders[0].delegation,
    people: named.map(({ listed }) => listed),
    leaders: new Map(leaders.map(({ id: number, folded }) => [number, folded])),
  };
}

/**
 * Return the leaders by whose names a bus has all words; null where it has not.
 * @param {string[]} words
 * @param {DeskBus} bus
 */
function namedBy(words, { name, delegation, leaders }) {
  const publicNames = [name, delegation.name, delegation.name_ar ?? ""].map(foldName).join(" ");
  const left = words.filter((word) => !publicNames.includes(word));
  const names = [...leaders];
  if (!left.every((word) => names.some(([, folded]) => folded.includes(word)))) return null;
  return names.filter(([, folded]) => left.some((word) => folded.includes(word))).map(([id]) => id);
}

/**
 * @param {DeskBus} one
 * @param {DeskBus} other
 */
function byDelegation(one, other) {
  for (const [here, there] of [
    [one.delegation.name, other.delegation.name],
    [one.name, other.name],
  ])
    if (here !== there) return here < there ? -1 : 1;
  return one.id - other.id;
}

/** @param {Listed} listed */
const foldedOf = ({ participant: { name, name_ar: nameAr } }) =>
  [name, nameAr ?? ""].filter(Boolean).map(foldName).join(" ");

/**
 * @param {Listed} listed
 * @returns {Passenger}
 */
function passengerOf({ refs, names, email, phone, bus, bus_id, leads_bus, delegation, ...told }) {
  return { ref: refs[0], ...told };
}
