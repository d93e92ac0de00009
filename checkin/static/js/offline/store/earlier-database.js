// What earlier versions of this page stored: scans with their codes, each of which opens an entry of the
// gate list. The rows are moved once, without codes, and the database goes with its bytes.
import { keptName } from "../../shared/root.js";
import { keptScan } from "../scan.js";
import { asPromise, named } from "./storage.js";

/** @import { Rows, Storage, StoreName } from "./storage.js" */

const NAME = keptName("marhaba-door");
const PASSING = keptName("marhaba-passing");

/**
 * How a row of each store is kept now; those of the other stores never held a code.
 * @type {Record<string, (row: any) => any>}
 */
const KEPT_AS = { waiting: withoutCode, walk_ins: withoutCode, set_aside: withoutCode };

/**
 * Move what an earlier version stored, if there is anything, and erase it where it was; throws StorageFault.
 * Whatever ends this half way, it is done again from the beginning, to the same effect.
 * @param {Storage} storage
 */
export async function moveEarlierRows(storage) {
  try {
    const earlier = await earlierDatabase();
    if (!earlier) return;
    await copy(earlier, storage).finally(() => earlier.close());
    await erase();
  } catch (fault) {
    throw named(fault);
  }
}

/** Return the database of an earlier version, or null; asking for it makes none. */
async function earlierDatabase() {
  const request = indexedDB.open(NAME);
  let isThere = true;
  request.onupgradeneeded = () => {
    isThere = false;
    request.transaction?.abort();
  };
  return asPromise(request).catch((fault) => (isThere ? Promise.reject(fault) : null));
}

/**
 * @param {IDBDatabase} earlier
 * @param {Storage} storage
 */
async function copy(earlier, storage) {
  const stores = /** @type {StoreName[]} */ ([...earlier.objectStoreNames]);
  const rows = await Promise.all(stores.map((store) => allOf(earlier, store)));
  await storage.write(stores, (store) => {
    for (const [index, name] of stores.entries())
      for (const row of rows[index]) store(name).put(KEPT_AS[name]?.(row) ?? row);
  });
}

/**
 * @template {StoreName} Name
 * @param {IDBDatabase} earlier
 * @param {Name} store
 * @returns {Promise<Rows[Name][]>}
 */
function allOf(earlier, store) {
  return asPromise(earlier.transaction(store).objectStore(store).getAll());
}

/**
 * Chromium keeps all databases of a site in one log of changes. What is erased goes from the disk when
 * its part of the log is rewritten: if it was in a file before, and that file is let go afterwards.
 * Erasing another database does both.
 */
async function erase() {
  await makeAndErase(PASSING);
  await erased(NAME);
  await makeAndErase(PASSING);
}

/** @param {string} name */
async function makeAndErase(name) {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.result.createObjectStore("rows").put("row", "key");
  (await asPromise(request)).close();
  await erased(name);
}

/**
 * Erase a database; while another page has it open, it goes when that page does.
 * @param {string} name
 */
function erased(name) {
  const request = indexedDB.deleteDatabase(name);
  return Promise.race([
    asPromise(request),
    new Promise((done) => request.addEventListener("blocked", done)),
  ]);
}

/** @param {{scan: import("../scan.js").Scan}} row */
function withoutCode(row) {
  return { ...row, scan: keptScan(row.scan) };
}
