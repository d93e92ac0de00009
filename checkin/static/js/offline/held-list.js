// The gate list as this device holds it: stored as received, every entry sealed.
import { ListRefused, objection, received } from "./list-checks.js";

const STORES = ["kept", "entries", "tombstones"];

export class HeldList {
  /** @param event the slug that the pairing named; a list of another event is refused */
  constructor(storage, kept, event = "") {
    this.storage = storage;
    this.kept = kept;
    this.event = event;
  }

  get isThere() {
    return Boolean(this.kept.value("head"));
  }

  get cursor() {
    return this.kept.value("cursor", 0);
  }

  get etag() {
    return this.kept.value("etag", "");
  }

  /** The entry policy of the list's head, as received. */
  get policy() {
    return this.kept.value("head").policy;
  }

  /** The organiser's words by language while all entries are stopped, or null. */
  get stop() {
    return (this.isThere && this.policy.stopped) || null;
  }

  /** When this list was the newest for sure, in milliseconds of the server's clock, or null. */
  get confirmedAt() {
    return this.kept.value("confirmed_at");
  }

  /** {id, name} of this gate as the server told last, or null. */
  get place() {
    return this.kept.value("place");
  }

  /** Store a list that arrived, whole or what changed; throws ListRefused. */
  async take(body, etag) {
    const list = received(body);
    const against = await objection(this.#held(), list);
    if (against) throw new ListRefused(against);
    const values = valuesOf(list, etag);
    await this.storage.write(STORES, (store) => {
      if (list.since === 0) ["entries", "tombstones"].forEach((name) => store(name).clear());
      // First the tombstones: an entry that comes with one is what holds from now on.
      list.tombstones.forEach((tomb) => bury(store, tomb));
      list.entries.forEach((entry) => add(store, entry));
      this.kept.writeIn(store, values);
    });
    this.kept.believe(values);
  }

  /** Keep that the server called this list the newest at `at` of its clock. */
  async confirm(at) {
    await this.kept.keep({ confirmed_at: at });
  }

  async keepPlace(place) {
    if (JSON.stringify(place) !== JSON.stringify(this.place)) await this.kept.keep({ place });
  }

  async entry(tag) {
    return this.storage.one("entries", tag);
  }

  /** Return why a badge is no longer good, or null. */
  async tombstone(tag) {
    return (await this.storage.one("tombstones", tag))?.reason ?? null;
  }

  #held() {
    return {
      event: this.kept.value("event", this.event),
      publicKey: this.kept.value("public_key", ""),
      cursor: this.cursor,
    };
  }
}

function bury(store, { tag, reason }) {
  store("entries").delete(tag);
  store("tombstones").put({ tag, reason });
}

function add(store, { tag, sealed }) {
  store("tombstones").delete(tag);
  store("entries").put({ tag, sealed });
}

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
