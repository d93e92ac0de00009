// The gate list as this device holds it: stored as received, every entry sealed. The list of very many
// people is in segments; what has changed since lies beside them as rows, which come first.
import { HeldSegments } from "./held-segments.js";
import { ListRefused, objection, received } from "./list-checks.js";

/** @import { SealedEntry, Tombstone } from "./gate-list.js" */
/** @import { KeptValues, Place } from "../store/kept-values.js" */
/** @import { ListReply, ReceivedList } from "./list-checks.js" */
/** @import { Named } from "./segments.js" */
/** @import { Storage, Stores } from "../store/storage.js" */

/** @type {["kept", "entries", "tombstones"]} */
const STORES = ["kept", "entries", "tombstones"];

export class HeldList {
  /** @type {ReceivedList | null} */
  #coming = null;
  /** @type {Named[]} */
  #lacking = []; // segments of the list that is coming
  /** @type {Promise<unknown>} */
  #changing = Promise.resolve(); // segments arrive beside changes

  /**
   * @param {Storage} storage
   * @param {KeptValues} kept
   * @param {string} event the slug that the pairing named; a list of another event is refused
   */
  constructor(storage, kept, event = "") {
    this.storage = storage;
    this.kept = kept;
    this.event = event;
    this.segments = new HeldSegments(storage, kept);
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
   * Store a list that arrived, whole or what changed; throws ListRefused. One that comes in segments is
   * expected from now on: the stored one stays until it is here.
   * @param {Partial<ListReply> | null} body
   * @param {string} etag
   */
  async take(body, etag) {
    return this.#alone(async () => {
      const list = await this.#accepted(received(body));
      await (list.segments ? this.#expect(list, list.segments) : this.#store(list, etag));
    });
  }

  /**
   * @param {ReceivedList} list
   * @param {string} etag
   */
  async #store(list, etag) {
    const isWhole = list.since === 0;
    const values = { ...valuesOf(list, etag), ...this.#epochsAfter(list.epoch) };
    const all = isWhole ? { ...values, segmented: null } : values;
    await this.storage.write(STORES, (store) => {
      if (isWhole) clear(store);
      // First the tombstones: an entry that comes with one is what holds from now on.
      for (const tomb of list.tombstones) bury(store, tomb);
      for (const entry of list.entries) add(store, entry);
      this.kept.writeIn(store, all);
    });
    this.kept.believe(all);
    if (!isWhole) return;
    this.expectNothing();
    await this.segments.keepOnly([]);
  }

  /**
   * @param {ReceivedList} list
   * @param {Named[]} segments
   */
  async #expect(list, segments) {
    await this.segments.keepOnly(segments);
    this.#lacking = await this.segments.lacking(segments);
    this.#coming = list;
  }

  /** How many segments of the list that is coming are here, and of how many; null where none is. */
  get coming() {
    const of = this.#coming?.segments?.length;
    return of === undefined ? null : { done: of - this.#lacking.length, of };
  }

  /** The segments that are still to be fetched of the list that is coming. */
  get lacking() {
    return this.#lacking;
  }

  /**
   * Store a segment that arrived; throws ListRefused for one that the signed head does not name.
   * @param {string} mark
   * @param {Uint8Array<ArrayBuffer>} content
   */
  async keepSegment(mark, content) {
    if (!(await this.segments.keep(mark, content))) throw new ListRefused("forged");
    this.#lacking = this.#lacking.filter((one) => one.mark !== mark);
  }

  /** Give up the list that is coming; what is here of it is not fetched again. */
  expectNothing() {
    [this.#coming, this.#lacking] = [null, []];
  }

  /** Use the list that was coming if all of it is here; say whether it is in use now. Throws ListRefused. */
  async useWhatCame() {
    return this.#alone(async () => {
      if (!this.#coming || this.#lacking.length) return false;
      const coming = this.#coming;
      this.expectNothing();
      const { head } = await this.#accepted(coming);
      const values = {
        ...valuesOf(coming, ""),
        ...this.#epochsAfter(coming.epoch),
        segmented: head,
      };
      await this.storage.write(STORES, (store) => {
        clear(store); // whatever was changed is in the segments, too
        this.kept.writeIn(store, values);
      });
      this.kept.believe(values);
      await this.segments.keepOnly([]);
      return true;
    });
  }

  /** @param {ReceivedList | null} list */
  async #accepted(list) {
    const against = await objection(this.#held(), list);
    if (!list || against) throw new ListRefused(against ?? "unreadable");
    return list;
  }

  /**
   * @template Result
   * @param {() => Promise<Result>} work
   * @returns {Promise<Result>}
   */
  #alone(work) {
    const done = this.#changing.then(work);
    this.#changing = done.catch(() => null);
    return done;
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

  /** The names by which the entries of segments are read. */
  get names() {
    return this.segments.names;
  }

  /**
   * Return the sealed entry of a badge, or undefined.
   * @param {string} tag
   */
  async entry(tag) {
    const found = await this.#record(tag);
    return found && "sealed" in found ? found : undefined;
  }

  /**
   * Return why a badge is no longer good, or null.
   * @param {string} tag
   */
  async tombstone(tag) {
    const found = await this.#record(tag);
    return found && "reason" in found ? found.reason : null;
  }

  /** @param {string} tag */
  async #record(tag) {
    const row = await this.storage.one("entries", tag);
    return row ?? (await this.storage.one("tombstones", tag)) ?? this.segments.record(tag);
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

/** @param {Stores} store */
function clear(store) {
  store("entries").clear();
  store("tombstones").clear();
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
  // What is told of segments is kept with them: the next changes have another head.
  const { segments: _s, delegations: _d, categories: _c, ...head } = list.head;
  return {
    head,
    event: list.head.event,
    public_key: list.publicKey, // pinned by the first list that is taken
    cursor: list.cursor,
    confirmed_at: list.issuedAt,
    etag,
  };
}
