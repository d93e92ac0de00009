// Single values that outlive the page, mirrored in memory so that reading them needs no waiting.

/** @import { LeaseReply } from "../leases.js" */
/** @import { ListHead } from "../list/gate-list.js" */
/** @import { GateName } from "../next-step.js" */
/** @import { PeopleHead } from "./sealed-store.js" */
/** @import { Storage, Stores } from "./storage.js" */

/**
 * A gate by its number, and its name in both scripts.
 * @typedef {GateName} Place
 */

/**
 * What is kept, by its name.
 * @typedef {object} Kept
 * @property {number} device_id whose browser this is
 * @property {LeaseReply | null} lent
 * @property {Place} place this gate, as the server told last
 * @property {PeopleHead | null} people the head of a help desk's list
 * @property {ListHead} head of the gate list, as are the next eight
 * @property {ListHead | null} segmented the head of the list whose segments are in use
 * @property {string} event
 * @property {string} public_key
 * @property {number} cursor
 * @property {number} confirmed_at
 * @property {string} etag
 * @property {string} epoch
 * @property {string[]} left the epochs of the lists before
 * @property {string[]} epochs that were met, in their order
 * @property {{epoch: string, number: number, scan_id: string}} highest number of a scan that was told
 * @property {string} version of the server, as it told last
 * @property {string} send_again when an organiser last asked to send what was set aside
 * @property {number} turn how many heartbeats this device has sent
 * @property {boolean} lost the browser erased what was kept here, and the server does not know it yet
 */

export class KeptValues {
  /** @type {Map<string, unknown>} */
  #values;

  /**
   * @param {Storage} storage
   * @param {{name: string, value: unknown}[]} rows
   */
  constructor(storage, rows) {
    this.storage = storage;
    this.#values = new Map(rows.map(({ name, value }) => [name, value]));
  }

  /** @param {Storage} storage */
  static async of(storage) {
    return new KeptValues(storage, await storage.all("kept"));
  }

  /**
   * Return a value, or null where none is kept.
   * @template {keyof Kept} Name
   * @param {Name} name
   */
  value(name) {
    const value = /** @type {Kept[Name] | undefined} */ (this.#values.get(name));
    return value ?? null;
  }

  /** @param {Partial<Kept>} values */
  async keep(values) {
    await this.storage.write(["kept"], (store) => this.writeIn(store, values));
    this.believe(values);
  }

  /**
   * Write within somebody's transaction; `believe` follows once it is complete.
   * @param {Stores} store
   * @param {Partial<Kept>} values
   */
  writeIn(store, values) {
    for (const [name, value] of Object.entries(values)) store("kept").put({ name, value });
  }

  /** @param {Partial<Kept>} values */
  believe(values) {
    for (const [name, value] of Object.entries(values)) this.#values.set(name, value);
  }

  forget() {
    this.#values.clear();
  }
}
