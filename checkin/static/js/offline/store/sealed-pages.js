// Pages of records that this browser keeps and opens only with a key that the server lends, as
// checkin/protocol/sealed_pages.py defines them. The key is in memory only.
import { bytesOf, textOf, utf8 } from "../../shared/bytes.js";

/**
 * A page: base64url texts of its mark, and of nonce and ciphertext.
 * @typedef {object} SealedPage
 * @property {string} mark
 * @property {string} sealed
 */

/**
 * What opens pages, and what their marks are made with; no script can read either.
 * @typedef {object} PageKeys
 * @property {CryptoKey} opening
 * @property {CryptoKey} marking
 */

const MARK_BYTES = 16;
const NONCE_BYTES = 12;

/**
 * Return the keys of the pages that were sealed with a key that is lent.
 * @param {string} key base64url
 * @returns {Promise<PageKeys>}
 */
export async function pageKeys(key) {
  const secret = await crypto.subtle.importKey("raw", bytesOf(key), "HKDF", false, ["deriveKey"]);
  const derived = (
    /** @type {string} */ info,
    /** @type {any} */ kind,
    /** @type {KeyUsage} */ use,
  ) =>
    crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) },
      secret,
      kind,
      false,
      [use],
    );
  return {
    opening: await derived("marhaba sealed page", { name: "AES-GCM", length: 256 }, "decrypt"),
    marking: await derived(
      "marhaba mark of a page",
      { name: "HMAC", hash: "SHA-256", length: 256 },
      "sign",
    ),
  };
}

/**
 * Return the records of a page; null when the keys are others, or the page is not what it says.
 * @template Row
 * @param {PageKeys} keys
 * @param {SealedPage} page
 * @returns {Promise<Row[] | null>}
 */
export async function openPage(keys, { mark, sealed }) {
  try {
    const bytes = bytesOf(sealed);
    const how = { name: "AES-GCM", iv: bytes.slice(0, NONCE_BYTES) };
    const content = await crypto.subtle.decrypt(how, keys.opening, bytes.slice(NONCE_BYTES));
    const code = await crypto.subtle.sign("HMAC", keys.marking, content);
    if (textOf(new Uint8Array(code).slice(0, MARK_BYTES)) !== mark) return null;
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    return null;
  }
}
