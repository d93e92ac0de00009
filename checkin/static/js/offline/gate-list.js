// The gate list's format, as checkin/protocol/gate_list.py defines it: an entry opens only with the
// badge in hand, and the list is signed.
import { bytesOf, textOf, utf8 } from "../shared/bytes.js";

/** @import { Reason } from "./admission.js" */
/** @import { Delegation, Participant, Stop } from "./scan.js" */

/**
 * One badge's entry: base64url texts of its tag, and of nonce and ciphertext.
 * @typedef {object} SealedEntry
 * @property {string} tag
 * @property {string} sealed
 */

/**
 * A badge that is no longer good, and the reason to refuse it with.
 * @typedef {object} Tombstone
 * @property {string} tag
 * @property {Reason} reason
 */

/**
 * What an entry tells of the holder of its badge.
 * @typedef {object} EntryContent
 * @property {Participant} participant
 * @property {Delegation} delegation
 * @property {"confirmed" | "reserve" | "canceled"} standing
 * @property {boolean} blocked
 * @property {number[]} gates the gates for its category
 */

/**
 * What the event lays down, as the list's head tells it; moments are RFC 3339.
 * @typedef {object} ListPolicy
 * @property {"single" | "after_exit" | "free"} reentry
 * @property {string | null} doors_open_at
 * @property {string | null} doors_close_at
 * @property {number} grace_s
 * @property {string | null} reserve_from
 * @property {number | null} capacity
 * @property {number[]} limited_gates the gates that admit some categories only
 * @property {Stop | null} [stopped]
 */

/**
 * The head of a list, as received; its numbers are texts.
 * @typedef {object} ListHead
 * @property {number} format
 * @property {string} event
 * @property {string} cursor
 * @property {string | null} [since]
 * @property {string} issued_at
 * @property {ListPolicy} policy
 */

export const FORMAT = 1;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;
// WebKit on Linux (GNOME Web) crashes on a signature of more: its libgcrypt counts bytes by 16 bits.
const MOST_VERIFIED_BYTES = 65_000;
const LINUX_WEBKIT = /Linux.*AppleWebKit(?!.*Chrom)/;

/** Say whether this browser can read a gate list here: WebCrypto wants a secure origin. */
export const canReadLists = () => Boolean(globalThis.crypto?.subtle);

/**
 * Return the name under which a badge's entry is found: truncated SHA-256.
 * @param {Uint8Array} token
 */
export async function badgeTag(token) {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    joined(utf8("marhaba gate list tag"), token),
  );
  return textOf(new Uint8Array(digest).slice(0, TAG_BYTES));
}

/**
 * Decrypt a badge's entry; null when it is another's or was tampered with.
 * @param {Uint8Array<ArrayBuffer>} token
 * @param {SealedEntry} entry
 * @returns {Promise<EntryContent | null>}
 */
export async function openEntry(token, { tag, sealed }) {
  try {
    const bytes = bytesOf(sealed);
    const how = { name: "AES-GCM", iv: bytes.slice(0, NONCE_BYTES), additionalData: utf8(tag) };
    const clear = await crypto.subtle.decrypt(how, await entryKey(token), bytes.slice(NONCE_BYTES));
    return JSON.parse(new TextDecoder().decode(clear));
  } catch {
    return null;
  }
}

/** @param {Uint8Array<ArrayBuffer>} token */
async function entryKey(token) {
  const secret = await crypto.subtle.importKey("raw", token, "HKDF", false, ["deriveKey"]);
  const info = utf8("marhaba gate list entry");
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
}

/**
 * Return what the signature covers: the head with sorted keys, tombstones, entries; a line each.
 * @param {ListHead} head
 * @param {Tombstone[]} tombstones
 * @param {SealedEntry[]} entries
 */
export function signedBytes(head, tombstones, entries) {
  const lines = [sortedJson(head)];
  for (const { tag, reason } of tombstones) lines.push(`${tag} ${reason}`);
  for (const { tag, sealed } of entries) lines.push(`${tag} ${sealed}`);
  return utf8(lines.join("\n"));
}

/**
 * Say whether the server with this key signed exactly this list.
 * A browser without Ed25519 believes the connection, by which the page itself came.
 * @param {string} publicKey
 * @param {Uint8Array<ArrayBuffer>} content
 * @param {string} signature
 */
export async function listIsGenuine(publicKey, content, signature) {
  if (wouldCrash(content, navigator.userAgent)) return true;
  let key;
  try {
    key = await crypto.subtle.importKey("raw", bytesOf(publicKey), "Ed25519", false, ["verify"]);
  } catch (fault) {
    return fault instanceof DOMException && fault.name === "NotSupportedError";
  }
  try {
    return await crypto.subtle.verify("Ed25519", key, bytesOf(signature), content);
  } catch {
    return false;
  }
}

/**
 * Say whether this browser would crash on checking the signature of so long a content.
 * @param {Uint8Array} content
 * @param {string} userAgent
 */
export function wouldCrash(content, userAgent) {
  return content.length > MOST_VERIFIED_BYTES && LINUX_WEBKIT.test(userAgent);
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function sortedJson(value) {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const values = new Map(Object.entries(value));
  const pair = (/** @type {string} */ key) =>
    `${JSON.stringify(key)}:${sortedJson(values.get(key))}`;
  return `{${[...values.keys()].sort().map(pair).join(",")}}`;
}

/**
 * @param {Uint8Array} first
 * @param {Uint8Array} second
 */
function joined(first, second) {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
