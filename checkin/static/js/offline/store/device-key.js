// A key of this browser's own, which no script can read, and what is kept beside it. What is sealed with
// it can be opened in this browser only, and nowhere any more once the key is erased. Both are on the disk
// before the promise is kept: what localStorage is given may be lost for a minute when the power fails.
import { bytesOf, textOf, utf8 } from "../../shared/bytes.js";
import { keptName } from "../../shared/root.js";
import { asPromise } from "./storage.js";

const DATABASE = keptName("marhaba-key");
const STORE = "keys";
const KEY = "device";
const TEXT = "pairing";
const NONCE_BYTES = 12;

/** What was sealed cannot be opened: the browser has erased the key, or somebody changed the text. */
export class KeyLost extends Error {}

/** Say whether this browser can seal here: it encrypts at a secure address only. */
export const canSeal = () => Boolean(globalThis.crypto?.subtle);

/**
 * Return the base64url text of nonce and ciphertext; throws where the browser keeps no key.
 * @param {string} clear
 */
export async function seal(clear) {
  const key = (await keptKey()) ?? (await newKey());
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const cipher = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, utf8(clear));
  return textOf(Uint8Array.from([...iv, ...new Uint8Array(cipher)]));
}

/**
 * Return what was sealed; throws KeyLost.
 * @param {string} sealed
 */
export async function unseal(sealed) {
  try {
    const bytes = bytesOf(sealed);
    const how = { name: "AES-GCM", iv: bytes.slice(0, NONCE_BYTES) };
    const key = /** @type {CryptoKey} */ (await keptKey());
    const clear = await crypto.subtle.decrypt(how, key, bytes.slice(NONCE_BYTES));
    return new TextDecoder().decode(clear);
  } catch (fault) {
    throw new KeyLost(String(fault));
  }
}

/**
 * Return the text that is kept beside the key, or undefined.
 * @returns {Promise<string | undefined>}
 */
export const keptText = () => within("readonly", (keys) => keys.get(TEXT));

/**
 * Keep a text beside the key.
 * @param {string} text
 */
export const keepText = (text) => within("readwrite", (keys) => keys.put(text, TEXT));

/** Erase the key, and with it what it has sealed and what is kept beside it. */
export async function forgetKey() {
  await asPromise(indexedDB.deleteDatabase(DATABASE));
}

/** @returns {Promise<CryptoKey | undefined>} */
async function keptKey() {
  return within("readonly", (keys) => keys.get(KEY));
}

async function newKey() {
  const how = { name: "AES-GCM", length: 256 };
  const key = await crypto.subtle.generateKey(how, false, ["encrypt", "decrypt"]);
  await within("readwrite", (keys) => keys.put(key, KEY));
  return key;
}

/**
 * @template Result
 * @param {IDBTransactionMode} mode
 * @param {(keys: IDBObjectStore) => IDBRequest<Result>} ask
 */
async function within(mode, ask) {
  const request = indexedDB.open(DATABASE);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  const database = await asPromise(request);
  try {
    return await completed(database.transaction(STORE, mode, { durability: "strict" }), ask);
  } finally {
    database.close();
  }
}

/**
 * @template Result
 * @param {IDBTransaction} transaction
 * @param {(keys: IDBObjectStore) => IDBRequest<Result>} ask
 * @returns {Promise<Result>}
 */
function completed(transaction, ask) {
  const request = ask(transaction.objectStore(STORE));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(request.result);
    transaction.onabort = () => failed(transaction.error);
  });
}
