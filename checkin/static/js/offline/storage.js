// The browser's own database: what a write stored is on the disk when it returns.
import { keptName } from "../shared/root.js";

const NAME = keptName("marhaba-door");
const VERSION = 2;
const STORES = {
  kept: "name", // single values: of the list, the lease, the gate
  entries: "tag", // the gate list, every entry sealed
  tombstones: "tag",
  waiting: "scan_id", // scans that the server does not have for sure
  walk_ins: "scan_id", // let in without a badge, and not yet registered
  passages: "scan_id", // whom this device knows to be counted in: numbers, no names
  set_aside: "scan_id", // what the server will never take, kept for a person
  contradicted: "scan_id", // let in here, and the server's rules say otherwise
  clocks: "frame",
};

/** Something could not be stored or read: kind is "full", "refused" or "lost". */
export class StorageFault extends Error {
  constructor(kind, detail = "") {
    super(`${kind} ${detail}`);
    this.kind = kind;
  }
}

function asPromise(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

function makeStores({ target: { result: database } }) {
  for (const [name, keyPath] of Object.entries(STORES)) {
    if (!database.objectStoreNames.contains(name)) database.createObjectStore(name, { keyPath });
  }
}

/** The database; every method throws StorageFault when the disk is full or the browser refuses. */
export class Storage {
  #opening = null;
  #lost = false;

  async write(stores, work) {
    const database = await this.#opened();
    try {
      await transacted(database.transaction(stores, "readwrite", { durability: "strict" }), work);
    } catch (fault) {
      throw this.#named(fault);
    }
  }

  async all(store) {
    return this.#read(store, (rows) => rows.getAll());
  }

  async one(store, key) {
    return this.#read(store, (rows) => rows.get(key));
  }

  /** Empty stores. `forGood`: what is under way comes before, and nothing is written any more. */
  async empty(stores, forGood) {
    const database = await this.#opened();
    const emptied = transacted(
      database.transaction(stores, "readwrite", { durability: "strict" }),
      (store) => stores.forEach((name) => store(name).clear()),
    );
    this.#lost ||= forGood;
    await emptied.catch((fault) => Promise.reject(this.#named(fault)));
    if (forGood) database.close();
  }

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
    request.onupgradeneeded = makeStores;
    const database = await asPromise(request);
    // Erased under our feet: opening it again would find it empty, as if nothing had been there.
    database.onclose = () => (this.#lost = true);
    return database;
  }

  #named(fault) {
    if (fault instanceof StorageFault) return fault;
    const kind = fault?.name === "QuotaExceededError" ? "full" : this.#lost ? "lost" : "refused";
    return new StorageFault(kind, String(fault));
  }
}

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
