// What a browser has and Node lacks: a database on the disk and a page with a language.
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";

Object.defineProperty(globalThis, "document", {
  value: { documentElement: { lang: "fr" } },
});

/** Give the test a browser that has kept nothing yet. */
export function emptyBrowser() {
  globalThis.indexedDB = new IDBFactory();
}
