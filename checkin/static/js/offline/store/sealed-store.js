// Sealed pages of records in this browser; what opens them is lent, and in memory only. A browser that
// was closed, or whose tab was, shows no record to anybody until somebody lends the key again.
import { openPage, pageKeys } from "./sealed-pages.js";

/** @import { KeptValues } from "./kept-values.js" */
/** @import { PageKeys, SealedPage } from "./sealed-pages.js" */
/** @import { Storage } from "./storage.js" */

/** @template Row */
export class SealedStore {
  /** @type {PageKeys | null} */
  #keys = null;
  /** @type {Map<string, Row[]>} */
  #opened = new Map();
  /** @type {Map<string, SealedPage>} */
  #pages;

  /**
   * @param {Storage} storage
   * @param {KeptValues} kept
   * @param {SealedPage[]} pages as they are stored
   */
  constructor(storage, kept, pages) {
    this.storage = storage;
    this.kept = kept;
    this.#pages = new Map(pages.map((page) => [page.mark, page]));
  }

  /** What the lender said last, with the marks of all pages; null before that. */
  get head() {
    return this.kept.value("people");
  }

  /** Whether the key is here, and every page that the head names. */
  get isOpen() {
    return this.#keys !== null && this.head !== null && !this.lacking.length;
  }

  /** The marks of the pages that the head names and that are not here. */
  get lacking() {
    return (this.head?.marks ?? []).filter((mark) => !this.#pages.has(mark));
  }

  /**
   * Take the key; it is never written.
   * @param {string} key base64url
   */
  async lend(key) {
    this.#keys = await pageKeys(key);
  }

  /** Forget the key, and what it has opened. */
  lock() {
    this.#keys = null;
    this.#opened.clear();
  }

  /**
   * Keep a new head, and erase the pages that it does not name.
   * @param {PeopleHead} head
   */
  async expect(head) {
    const gone = [...this.#pages.keys()].filter((mark) => !head.marks.includes(mark));
    await this.storage.write(["kept", "pages"], (store) => {
      for (const mark of gone) store("pages").delete(mark);
      this.kept.writeIn(store, { people: head });
    });
    this.kept.believe({ people: head });
    for (const mark of gone) this.#pages.delete(mark);
  }

  /**
   * Keep the pages that the head names and that the key opens; others are left out.
   * @param {SealedPage[]} pages
   */
  async keep(pages) {
    const lacking = new Set(this.lacking);
    /** @type {SealedPage[]} */
    const wanted = [];
    for (const page of pages) {
      if (lacking.has(page.mark) && (await this.#records(page)) !== null) wanted.push(page);
    }
    await this.storage.write(["pages"], (store) => {
      for (const page of wanted) store("pages").put(page);
    });
    for (const page of wanted) this.#pages.set(page.mark, page);
  }

  /** Return the records of each page, in order; none while the key is not here. */
  async *pages() {
    const opened = new Map();
    for (const mark of this.head?.marks ?? []) {
      const page = this.#pages.get(mark);
      const records = page ? await this.#records(page) : null;
      if (!records) continue;
      opened.set(mark, records);
      yield records;
    }
    this.#opened = this.#keys ? opened : new Map();
  }

  /** Forget the key and erase everything. */
  async wipe() {
    this.lock();
    await this.storage.write(["kept", "pages"], (store) => {
      store("pages").clear();
      this.kept.writeIn(store, { people: null });
    });
    this.kept.believe({ people: null });
    this.#pages.clear();
  }

  /**
   * @param {SealedPage} page
   * @returns {Promise<Row[] | null>}
   */
  async #records(page) {
    if (!this.#keys) return null;
    return this.#opened.get(page.mark) ?? openPage(this.#keys, page);
  }
}

/**
 * What the server says of the list of people.
 * @typedef {object} PeopleHead
 * @property {string} event
 * @property {number} version
 * @property {{budget: number, opens_at: string | null, closes_at: string | null}} search
 * @property {string[]} marks
 */
