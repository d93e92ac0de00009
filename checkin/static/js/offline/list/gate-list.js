// The gate list's format, as checkin/protocol/gate_list.py defines it: an entry opens only with the
// badge in hand, and the list is signed.
import { bytesOf, bytesOfHex, hexOf, textOf, utf8 } from "../../shared/bytes.js";
import { sha256 } from "../sha256.js";
import { NO_NAMES, wholeBus, wholeEntry } from "./compact-entries.js";

/** @import { Policy, Reason } from "../admission.js" */
/** @import { ListNames, NamedCategory } from "./compact-entries.js" */
/** @import { GateName } from "../next-step.js" */
/** @import { Named } from "./segments.js" */
/** @import { Delegation, Flag, Participant, Stop } from "../scan.js" */

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
 * @property {Flag[]} [flags] what a volunteer should know of the person
 * @property {string} [coordinator_phone] of its delegation, where the event lets gates name it
 * @property {number} [category_id]
 */

/**
 * A day of the event, its doors without the grace.
 * @typedef {object} ListDay
 * @property {number} day
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {string | null} doors_open_at
 * @property {string | null} doors_close_at
 * @property {string | null} reserve_from
 */

/**
 * Hours of one gate or of one category, without the grace.
 * @typedef {object} ListHours
 * @property {number | null} gate_id
 * @property {number | null} category_id
 * @property {string} opens_at
 * @property {string} closes_at
 */

/**
 * Somebody on the list of a bus: the reference of their badge, and what its entry tells.
 * @typedef {Omit<EntryContent, "delegation"> & {ref: string}} Passenger
 */

/**
 * The list of a bus, as the badge of its leader opens it.
 * @typedef {object} BusContent
 * @property {{id: number, name: string}} bus
 * @property {Delegation} delegation of all its passengers
 * @property {Passenger[]} people
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
 * @property {Policy["without_badge"]} [without_badge] who may admit somebody without a badge
 * @property {Stop | null} [stopped]
 * @property {ListDay[]} [days]
 * @property {ListHours[]} [hours]
 */

/**
 * The head of a list, as received; its numbers are texts.
 * @typedef {object} ListHead
 * @property {number} format
 * @property {string} event
 * @property {string} [epoch] of the database; an earlier server names none
 * @property {string} cursor
 * @property {string | null} [since]
 * @property {string} issued_at
 * @property {ListPolicy} policy
 * @property {GateName[]} [gates] to which people may be sent; an earlier server names none
 * @property {string} [as_of] of a list in segments: when they were made
 * @property {Named[]} [segments] of a list in segments, as are the next two
 * @property {Delegation[]} [delegations]
 * @property {NamedCategory[]} [categories]
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
 * Return the 16 bytes by which a badge is named without its token: truncated SHA-256.
 * @param {Uint8Array} token
 */
function tagBytes(token) {
  return labelledBytes("marhaba gate list tag", token);
}

/**
 * @param {string} label
 * @param {Uint8Array} token
 */
function labelledBytes(label, token) {
  return sha256(joined(utf8(label), token)).slice(0, TAG_BYTES);
}

/**
 * Return the name under which a badge's entry is found in the list: base64url.
 * @param {Uint8Array} token
 */
export const badgeTag = (token) => textOf(tagBytes(token));

/**
 * Return the same name as devices keep and upload it after the fact: lower-case hex.
 * @param {Uint8Array} token
 */
export const badgeRef = (token) => hexOf(tagBytes(token));

/**
 * Return the tag of the badge that a reference names.
 * @param {string} ref
 */
export const tagOfRef = (ref) => textOf(bytesOfHex(ref));

/**
 * Return the name under which the list of the bus is found that this badge's holder leads.
 * @param {Uint8Array} token
 */
export const busTag = (token) => textOf(labelledBytes("marhaba bus list tag", token));

/**
 * Decrypt the list of the bus that a badge's holder leads; null as for an entry.
 * @param {Uint8Array<ArrayBuffer>} token
 * @param {SealedEntry} entry
 * @param {ListNames} [names] of the list's head, where entries may be compact
 * @returns {Promise<BusContent | null>}
 */
export async function openBusList(token, entry, names = NO_NAMES) {
  return opened(token, "marhaba bus list entry", entry, (row) => wholeBus(row, names));
}

/**
 * Decrypt a badge's entry; null when it is another's or was tampered with.
 * @param {Uint8Array<ArrayBuffer>} token
 * @param {SealedEntry} entry
 * @param {ListNames} [names] of the list's head, where entries may be compact
 * @returns {Promise<EntryContent | null>}
 */
export async function openEntry(token, entry, names = NO_NAMES) {
  return opened(token, "marhaba gate list entry", entry, (row) => wholeEntry(row, names));
}

/**
 * @template Content
 * @param {Uint8Array<ArrayBuffer>} token
 * @param {string} label of the key
 * @param {SealedEntry} entry
 * @param {(row: any[]) => Content} whole reads a compact entry
 * @returns {Promise<Content | null>}
 */
async function opened(token, label, { tag, sealed }, whole) {
  try {
    const bytes = bytesOf(sealed);
    const how = { name: "AES-GCM", iv: bytes.slice(0, NONCE_BYTES), additionalData: utf8(tag) };
    const key = await keyOf(token, label);
    const clear = await crypto.subtle.decrypt(how, key, bytes.slice(NONCE_BYTES));
    const content = JSON.parse(new TextDecoder().decode(clear));
    return Array.isArray(content) ? whole(content) : content;
  } catch {
    return null;
  }
}

/**
 * @param {Uint8Array<ArrayBuffer>} token
 * @param {string} label
 */
async function keyOf(token, label) {
  const secret = await crypto.subtle.importKey("raw", token, "HKDF", false, ["deriveKey"]);
  const info = utf8(label);
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
