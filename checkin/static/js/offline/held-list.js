// The gate list as this device holds it: stored as received, every entry sealed.
import { ListRefused, objection, received } from "./list-checks.js";

/** @import { SealedEntry, Tombstone } from "./gate-list.js" */
/** @import { KeptValues, Place } from "./kept-values.js" */
/** @import { ListReply, ReceivedList } from "./list-checks.js" */
/** @import { Storage, Stores } from "./storage.js" */

/** @type {["kept", "entries", "tombstones"]} */
const STORES = ["kept", "entries", "tombstones"];

export class HeldList {
  /**
   * @param {Storage} storage
   * @param {KeptValues} kept
   * @param {string} event the slug that the pairing named; a list of another event is refused
   */
  constructor(storage, kept, event = "") {
    this.storage = storage;
    this.kept = kept;
    this.event = event;
  }

  get isThere() {
    return Boolean(this.kept.value("head"));
  }

  get cursor() {
    return this.kept.value("cursor") ?? 0;
  }

  /** The epoch of the database that made the list; "" where its server knew of none. */
  get epoch() {
    return this.kept.value("epoch") ?? "";
  }

  get etag() {
    return this.kept.value("etag") ?? "";
  }

  /** The entry policy of the list's head, as received; null before there is a list. */
  get policy() {
    return this.kept.value("head")?.policy ?? null;
  }

  /** The event's gates by name. */
  get gates() {
    return this.kept.value("head")?.gates ?? [];
  }

  /** The organiser's words by language while all entries are stopped, or null. */
  get stop() {
    return this.policy?.stopped || null;
  }

  /** When this list was the newest for sure, in milliseconds of the server's clock, or null. */
  get confirmedAt() {
    return this.kept.value("confirmed_at");
  }

  /** {id, name} of this gate as the server told last, or null. */
  get place() {
    return this.kept.value("place");
  }

  /**
   * Store a list that arrived, whole or what changed; throws ListRefused.
   * @param {Partial<ListReply> | null} body
   * @param {string} etag
   */
  async take(body, etag) {
    const list = received(body);
    const against = await objection(this.#held(), list);
    if (!list || against) throw new ListRefused(against ?? "unreadable");
    const values = { ...valuesOf(list, etag), ...this.#epochsAfter(list.epoch) };
    await this.storage.write(STORES, (store) => {
      if (list.since === 0) {
        store("entries").clear();
        store("tombstones").clear();
      }
      // First the tombstones: an entry that comes with one is what holds from now on.
      for (const tomb of list.tombstones) bury(store, tomb);
      for (const entry of list.entries) add(store, entry);
      this.kept.writeIn(store, values);
    });
    this.kept.believe(values);
  }

  /**
   * Keep that the server called this list the newest at `at` of its clock.
   * @param {number} at
   */
  async confirm(at) {
    await this.kept.keep({ confirmed_at: at });
  }

  /** @param {Place} place */
  async keepPlace(place) {
    if (JSON.stringify(place) !== JSON.stringify(this.place)) await this.kept.keep({ place });
  }

  /** The key by which the event's lists are signed; "" before the first. */
  get publicKey() {
    return this.kept.value("public_key") ?? "";
  }

  /** @param {string} tag */
  async entry(tag) {
    return this.storage.one("entries", tag);
  }

  /**
   * Return why a badge is no longer good, or null.
   * @param {string} tag
   */
  async tombstone(tag) {
    return (await this.storage.one("tombstones", tag))?.reason ?? null;
  }

  /** @param {string} epoch of the list that is taken; an earlier version of the server names none */
  #epochsAfter(epoch) {
    const now = epoch || this.epoch;
    const left = new Set([...(this.kept.value("left") ?? []), this.epoch]);
    left.delete(now);
    left.delete("");
    return { epoch: now, left: [...left] };
  }

  #held() {
    return {
      epoch: this.epoch,
      left: this.kept.value("left") ?? [],
      event: this.kept.value("event") ?? this.event,
      publicKey: this.publicKey,
      cursor: this.cursor,
    };
  }
}

/**
 * @param {Stores} store
 * @param {Tombstone} tomb
 */
function bury(store, { tag, reason }) {
  store("entries").delete(tag);
  store("tombstones").put({ tag, reason });
}

/**
 * @param {Stores} store
 * @param {SealedEntry} entry
 */
function add(store, { tag, sealed }) {
  store("tombstones").delete(tag);
  store("entries").put({ tag, sealed });
}

/**
 * @param {ReceivedList} list
 * @param {string} etag
 */
function valuesOf(list, etag) {
  return {
    head: list.head,
    event: list.head.event,
    public_key: list.publicKey, // pinned by the first list that is taken
    cursor: list.cursor,
    confirmed_at: list.issuedAt,
    etag,
  };
}
