// The browser's own database: what a write stored is on the disk when it returns.
import { keptName } from "../../shared/root.js";

const NAME = keptName("marhaba-gate");
const VERSION = 4; // 2: the people of a help desk; 3: what was acknowledged; 4: segments of the list

/** @import { SealedEntry, Tombstone } from "../list/gate-list.js" */
/** @import { AcknowledgedRow, RegisteredRow } from "../acknowledged.js" */
/** @import { PassageRow } from "./memory.js" */
/** @import { ClockRow, ContradictedRow, SetAsideRow, WaitingRow } from "./spool.js" */
/** @import { SealedPage } from "./sealed-pages.js" */
/** @import { ShownRow } from "../shown-people.js" */
/** @import { WalkInRow } from "../waiting-walk-ins.js" */

/**
 * What a row of each store is.
 * @typedef {object} Rows
 * @property {{name: string, value: unknown}} kept
 * @property {SealedEntry} entries
 * @property {Tombstone} tombstones
 * @property {{mark: string, content: ArrayBuffer}} segments
 * @property {WaitingRow} waiting
 * @property {WalkInRow} walk_ins
 * @property {PassageRow} passages
 * @property {SetAsideRow} set_aside
 * @property {ContradictedRow} contradicted
 * @property {ClockRow} clocks
 * @property {SealedPage} pages
 * @property {ShownRow} shown
 * @property {AcknowledgedRow} acknowledged
 * @property {RegisteredRow} registered_walk_ins
 */

/** @typedef {keyof Rows} StoreName */

/**
 * A store within a transaction.
 * @template Row
 * @typedef {object} Store
 * @property {(row: Row) => unknown} put
 * @property {(key: string) => unknown} delete
 * @property {() => unknown} clear
 */

/**
 * Gives the stores of a transaction by their names.
 * @typedef {<Name extends StoreName>(name: Name) => Store<Rows[Name]>} Stores
 */

/** @type {Record<StoreName, string>} */
const STORES = {
  kept: "name", // single values: of the list, the lease, the gate
  entries: "tag", // the gate list, every entry sealed
  tombstones: "tag",
  segments: "mark", // the gate list of very many people, as it arrived
  waiting: "scan_id", // scans that the server does not have for sure
  walk_ins: "scan_id", // let in without a badge, and not yet registered
  passages: "scan_id", // whom this device knows to be counted in: numbers, no names
  set_aside: "scan_id", // what the server will never take, kept for a person
  contradicted: "scan_id", // let in here, and the server's rules say otherwise
  clocks: "frame",
  pages: "mark", // the people of a help desk, sealed with a key that the server lends
  acknowledged: "scan_id", // what a server has, kept for when it is put back to an earlier state
  registered_walk_ins: "id", // the same of walk-ins, their names sealed
  shown: "id", // whom a help desk has shown without the network: numbers and times
};

/** Something could not be stored or read: kind is "full", "refused" or "lost". */
export class StorageFault extends Error {
  /**
   * @param {"full" | "refused" | "lost"} kind
   * @param {string} detail
   */
  constructor(kind, detail = "") {
    super(`${kind} ${detail}`);
    this.kind = kind;
  }
}

/**
 * Return what a request answers; the promise is broken by its error.
 * @template Result
 * @param {IDBRequest<Result>} request
 * @returns {Promise<Result>}
 */
export function asPromise(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

/** @param {IDBDatabase} database */
function makeStores(database) {
  for (const [name, keyPath] of Object.entries(STORES)) {
    if (!database.objectStoreNames.contains(name)) database.createObjectStore(name, { keyPath });
  }
}

/** The database; every method throws StorageFault when the disk is full or the browser refuses. */
export class Storage {
  /** @type {Promise<IDBDatabase> | null} */
  #opening = null;
  #lost = false;

  /**
   * Do what `work` asks of the stores, all of it or nothing.
   * @param {StoreName[]} stores
   * @param {(store: Stores) => void} work
   */
  async write(stores, work) {
    const database = await this.#opened();
    try {
      await transacted(database.transaction(stores, "readwrite", { durability: "strict" }), work);
    } catch (fault) {
      throw this.#named(fault);
    }
  }

  /**
   * Return all rows of a store, by their keys.
   * @template {StoreName} Name
   * @param {Name} store
   * @returns {Promise<Rows[Name][]>}
   */
  async all(store) {
    return this.#read(store, (rows) => rows.getAll());
  }

  /**
   * Return the row with a key, or undefined.
   * @template {StoreName} Name
   * @param {Name} store
   * @param {string} key
   * @returns {Promise<Rows[Name] | undefined>}
   */
  async one(store, key) {
    return this.#read(store, (rows) => rows.get(key));
  }

  /**
   * Return the keys of all rows of a store.
   * @param {StoreName} store
   * @returns {Promise<string[]>}
   */
  async keys(store) {
    return (await this.#read(store, (rows) => rows.getAllKeys())).map(String);
  }

  /**
   * Empty stores.
   * @param {StoreName[]} stores
   * @param {boolean} forGood what is under way comes before, and nothing is written any more
   */
  async empty(stores, forGood) {
    const database = await this.#opened();
    const emptied = transacted(
      database.transaction(stores, "readwrite", { durability: "strict" }),
      (store) => {
        for (const name of stores) store(name).clear();
      },
    );
    this.#lost ||= forGood;
    await emptied.catch((fault) => Promise.reject(this.#named(fault)));
    if (forGood) database.close();
  }

  /**
   * @template Result
   * @param {StoreName} store
   * @param {(rows: IDBObjectStore) => IDBRequest<Result>} ask
   */
  async #read(store, ask) {
    const database = await this.#opened();
    try {
      return await asPromise(ask(database.transaction(store).objectStore(store)));
    } catch (fault) {
      throw this.#named(fault);
    }
  }

  async #opened() {
    if (this.#lost) throw new StorageFault("lost");
    this.#opening ??= this.#open();
    try {
      return await this.#opening;
    } catch (fault) {
      this.#opening = null; // the next scan tries again
      throw this.#named(fault);
    }
  }

  async #open() {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => makeStores(request.result);
    const database = await asPromise(request);
    // Erased under our feet: opening it again would find it empty, as if nothing had been there.
    database.onclose = () => {
      this.#lost = true;
    };
    return database;
  }

  /** @param {unknown} fault */
  #named(fault) {
    return named(fault, this.#lost ? "lost" : "refused");
  }
}

/**
 * Return what befell the browser's database as the fault that a person is told.
 * @param {unknown} fault
 * @param {"refused" | "lost"} kind of what is not a full disk
 */
export function named(fault, kind = "refused") {
  if (fault instanceof StorageFault) return fault;
  return new StorageFault(isFull(fault) ? "full" : kind, String(fault));
}

/** @param {unknown} fault */
function isFull(fault) {
  return fault instanceof Object && "name" in fault && fault.name === "QuotaExceededError";
}

/**
 * Do some work in a transaction; the promise is kept once it is on the disk.
 * @param {IDBTransaction} transaction
 * @param {(store: Stores) => void} work
 * @returns {Promise<void>}
 */
function transacted(transaction, work) {
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done();
    transaction.onabort = () => failed(transaction.error ?? new Error("aborted"));
    try {
      work((name) => transaction.objectStore(name));
    } catch (fault) {
      failed(fault);
      transaction.abort();
    }
  });
}
