// The people whom a help desk finds without the network, and how many of them it may show. They lie on
// the disk in sealed pages, which only the key opens that the server lends at each contact; names are in
// memory only.
import { openedBus } from "./desk-buses.js";
import { listIsGenuine, signedBytes } from "./list/gate-list.js";
import { ListRefused } from "./list/list-checks.js";
import { DeskPeople, isTooShort } from "./names/desk-search.js";
import { utcText } from "./scan.js";
import { ShownPeople } from "./shown-people.js";
import { SealedStore } from "./store/sealed-store.js";

/** @import { DeviceClock } from "./clock.js" */
/** @import { DeskBus } from "./desk-buses.js" */
/** @import { EntryContent } from "./list/gate-list.js" */
/** @import { HeldList } from "./list/held-list.js" */
/** @import { NameTables } from "./names/name-sounds.js" */
/** @import { SealedPage } from "./store/sealed-pages.js" */
/** @import { PeopleHead } from "./store/sealed-store.js" */
/** @import { Found } from "../server/line.js" */
/** @import { Storage } from "./store/storage.js" */

/**
 * What the list tells of somebody: an entry of the gate list, and by what they are found and told apart.
 * @typedef {EntryContent & {refs: string[], names: string[], email: string | null, phone: string | null,
 *   bus: string | null, bus_id?: number, leads_bus?: boolean}} Listed
 */

/**
 * The reply of GET /people-list.
 * @typedef {object} PeopleReply
 * @property {string} key
 * @property {PeopleHead} head
 * @property {string} public_key
 * @property {string} signature
 */

/** So many people does one search show. */
const SHOWN_AT_ONCE = 5;
/** So many of a telephone's last digits are shown, to tell people of one name apart. */
const SHOWN_DIGITS = 2;

/** Why a help desk finds nobody: code is a word for people; minutes are there where waiting helps. */
export class NotFoundHere extends Error {
  /**
   * @param {"three_letters" | "desk_locked" | "search_closed" | "desk_budget"} code
   * @param {number} minutes
   */
  constructor(code, minutes = 0) {
    super(code);
    this.code = code;
    this.minutes = minutes;
  }
}

export class HelpDesk {
  /** Whether the server says that this device is a help desk. */
  isOne = false;
  /** @type {DeskPeople} */
  #people;
  #reading = Promise.resolve();

  /**
   * @param {SealedStore<Listed>} store
   * @param {ShownPeople} shown
   * @param {HeldList} held
   * @param {DeviceClock} clock
   * @param {NameTables} tables by which names are found however they are spelt
   */
  constructor(store, shown, held, clock, tables) {
    this.tables = tables;
    this.#people = new DeskPeople(tables);
    this.store = store;
    this.shown = shown;
    this.held = held;
    this.clock = clock;
  }

  /**
   * Return the help desk of what this browser keeps.
   * @param {Storage} storage
   * @param {HeldList} held
   * @param {DeviceClock} clock
   * @param {NameTables} tables
   */
  static async of(storage, held, clock, tables) {
    const [pages, shown] = [await storage.all("pages"), await storage.all("shown")];
    const store = /** @type {SealedStore<Listed>} */ (new SealedStore(storage, held.kept, pages));
    return new HelpDesk(store, new ShownPeople(storage, shown), held, clock, tables);
  }

  /** Whether people can be found here without the network. */
  get isOpen() {
    return this.store.isOpen;
  }

  /** Whether there is anything of them on the disk. */
  get holdsPeople() {
    return this.store.head !== null;
  }

  /**
   * Take the key and the head of the list; throws ListRefused for one that is not the server's.
   * @param {PeopleReply} reply
   */
  async takeList(reply) {
    await this.#check(reply);
    await this.store.expect(reply.head);
    await this.store.lend(reply.key);
    return this.store.lacking;
  }

  /**
   * Keep pages that were asked for.
   * @param {SealedPage[]} pages
   */
  async takePages(pages) {
    await this.store.keep(pages);
  }

  /** Open the pages, so that the people in them are found; a search waits for it. */
  async read() {
    this.#reading = this.#readInto(this.#people);
    await this.#reading;
  }

  /** Forget the key and the people: the server lends the key no more, or not now. */
  lock() {
    this.store.lock();
    this.#people = new DeskPeople(this.tables);
  }

  /** Forget and erase everything. */
  async wipe() {
    this.lock();
    await this.store.wipe();
    await this.shown.wipe();
  }

  /**
   * Return the first people whom a text finds, who are counted before they are returned, how many more
   * there are, and buses; throws NotFoundHere, and StorageFault where nothing can be counted.
   * @param {string} text
   * @returns {Promise<{people: Listed[], more: number, buses: DeskBus[]}>}
   */
  async search(text) {
    if (isTooShort(text)) throw new NotFoundHere("three_letters");
    const now = this.clock.serverNow();
    const rules = this.#rules(now);
    await this.#reading.catch(() => {}); // whoever reads hears of it
    const { ids, more } = this.#people.find(text, SHOWN_AT_ONCE);
    const { buses, leaders } = this.#people.findBuses(text);
    await this.#show([...new Set([...ids, ...leaders])], rules, now);
    const people = ids.flatMap((id) => this.person(id) ?? []);
    return { people, more, buses };
  }

  /**
   * Open the list of a bus that a search has found, whose passengers count as shown; null where nobody in
   * the list rides in it. Throws as a search.
   * @param {number} busId
   */
  async busList(busId) {
    const now = this.clock.serverNow();
    const rules = this.#rules(now);
    await this.#reading.catch(() => {});
    const bus = this.#people.bus(busId);
    if (!bus) return null;
    const ids = bus.people.map(({ participant }) => Number(participant.id));
    await this.#show(ids, rules, now);
    return openedBus(bus);
  }

  /**
   * Count people whom the server has shown on this device within its own count, too.
   * @param {number[]} people
   */
  async countShown(people) {
    await this.shown.note(people, this.clock.serverNow(), true);
  }

  /**
   * Return what the list tells of somebody; null while it is locked, and of a stranger.
   * @param {number} id
   */
  person(id) {
    return this.#people.listed(id);
  }

  /**
   * Take up the people of each page as it is opened: between two, the page goes on with what else it does.
   * @param {DeskPeople} people
   */
  async #readInto(people) {
    /** @type {Set<number>} */
    const ids = new Set();
    for await (const page of this.store.pages()) {
      for (const listed of page) people.put(listed);
      for (const { participant } of page) ids.add(Number(participant.id));
    }
    people.keepOnly(ids);
  }

  /**
   * @param {number[]} people
   * @param {PeopleHead["search"]} rules
   * @param {number} now
   */
  async #show(people, { budget }, now) {
    const wait = this.shown.wait(people, budget, now);
    if (wait !== null) throw new NotFoundHere("desk_budget", Math.max(1, Math.ceil(wait / 60_000)));
    await this.shown.note(people, now);
  }

  /** @param {number} now */
  #rules(now) {
    const rules = this.store.head?.search;
    if (!this.isOpen || !rules) throw new NotFoundHere("desk_locked");
    const opensAt = rules.opens_at === null ? now : Date.parse(rules.opens_at);
    const closesAt = rules.closes_at === null ? now + 1 : Date.parse(rules.closes_at);
    if (now < opensAt || now >= closesAt) throw new NotFoundHere("search_closed");
    return rules;
  }

  /** @param {PeopleReply} reply */
  async #check({ head, public_key: key, signature }) {
    const known = this.held.kept.value("public_key");
    if (known && known !== key) throw new ListRefused("other_key");
    if (this.held.event && head.event !== this.held.event) throw new ListRefused("other_event");
    // The marks are signed; a page whose mark is not right does not open.
    const content = signedBytes(/** @type {any} */ (head), [], []);
    if (!(await listIsGenuine(key, content, signature))) throw new ListRefused("forged");
    if (head.version < (this.store.head?.version ?? 0)) throw new ListRefused("older");
  }
}

/**
 * Return somebody of the list as a search shows them.
 * @param {Listed} listed
 * @param {number | null} cameAt when they came in today, as far as this browser knows
 * @returns {Found}
 */
export function foundOf({ participant, delegation, standing, blocked, bus, phone }, cameAt) {
  return {
    ...participant,
    id: Number(participant.id),
    delegation,
    status: standing,
    blocked,
    bus,
    phone_ending: phone?.slice(-SHOWN_DIGITS) ?? null,
    arrived_at: cameAt === null ? null : utcText(cameAt),
  };
}
