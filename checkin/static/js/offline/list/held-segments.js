// The segments of the gate list that this browser keeps: those of the list in use, and those that have
// arrived of the next one, so that whoever was cut off fetches only what is lacking.
import { NO_NAMES, namesIn } from "./compact-entries.js";
import { extentOf, markOf, mayHold, recordIn } from "./segments.js";

/** @import { ListHead, SealedEntry, Tombstone } from "./gate-list.js" */
/** @import { KeptValues } from "../store/kept-values.js" */
/** @import { Named } from "./segments.js" */
/** @import { Storage } from "../store/storage.js" */

export class HeldSegments {
  /** @type {import("./compact-entries.js").ListNames} */
  #names = NO_NAMES;
  /** @type {ListHead | null} */
  #namesOf = null;

  /**
   * @param {Storage} storage
   * @param {KeptValues} kept
   */
  constructor(storage, kept) {
    this.storage = storage;
    this.kept = kept;
  }

  /** The head of the list in use, where that is in segments. */
  get #head() {
    return this.kept.value("segmented");
  }

  /** The names by which entries of the list in use are read. */
  get names() {
    const head = this.#head;
    if (head !== this.#namesOf) [this.#names, this.#namesOf] = [namesIn(head ?? {}), head];
    return this.#names;
  }

  /**
   * Return the latest record of a tag in the list in use, or null.
   * @param {string} tag
   * @returns {Promise<SealedEntry | Tombstone | null>}
   */
  async record(tag) {
    for (const one of [...(this.#head?.segments ?? [])].reverse()) {
      const row = mayHold(one, tag) ? await this.storage.one("segments", one.mark) : null;
      const found = row && recordIn(new Uint8Array(row.content), tag);
      if (found) return found;
    }
    return null;
  }

  /**
   * Return those of these segments that are not here, in their order.
   * @param {Named[]} segments
   */
  async lacking(segments) {
    const here = new Set(await this.storage.keys("segments"));
    return segments.filter(({ mark }) => !here.has(mark));
  }

  /**
   * Store a segment that arrived; false where it is not the one with this mark.
   * @param {string} mark
   * @param {Uint8Array<ArrayBuffer>} content
   */
  async keep(mark, content) {
    if ((await markOf(content)) !== mark || !extentOf(content)) return false;
    await this.storage.write(["segments"], (store) =>
      store("segments").put({ mark, content: content.slice().buffer }),
    );
    return true;
  }

  /**
   * Delete the segments that belong neither to the list in use nor to these, one by one.
   * @param {Named[]} coming
   */
  async keepOnly(coming) {
    const wanted = new Set([...(this.#head?.segments ?? []), ...coming].map(({ mark }) => mark));
    for (const mark of await this.storage.keys("segments")) {
      if (wanted.has(mark)) continue;
      await this.storage.write(["segments"], (store) => store("segments").delete(mark));
    }
  }
}
