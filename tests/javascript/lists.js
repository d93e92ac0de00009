// Gate lists as a server seals and signs them: checkin/protocol/gate_list.py in JavaScript.
import { readFileSync } from "node:fs";
import { parseCode } from "../../checkin/static/js/offline/badge-code.js";
import { badgeTag, FORMAT, signedBytes } from "../../checkin/static/js/offline/list/gate-list.js";
import { textOf, utf8 } from "../../checkin/static/js/shared/bytes.js";

/** @import { BusContent, EntryContent, ListPolicy, SealedEntry, Tombstone } from "../../checkin/static/js/offline/list/gate-list.js" */
/** @import { GateName } from "../../checkin/static/js/offline/next-step.js" */
/** @import { Kind } from "../../checkin/static/js/offline/scan.js" */
/** @import { ListReply } from "../../checkin/static/js/offline/list/list-checks.js" */

/**
 * Make the key pair of a server.
 * @returns {Promise<CryptoKeyPair>}
 */
export async function aServerKey() {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  return /** @type {CryptoKeyPair} */ (pair);
}

/**
 * Return the list of a bus as Python sealed it, and how verdicts are summed up.
 * @returns {{codes: string[], content: BusContent, entry: SealedEntry,
 *   results: {kinds: Kind[], in_before: number, let_in: number, already: number, refused: number[]}[],
 *   spaces: {names: string[], letters: string, goes_on: boolean}[]}}
 */
export function busVector() {
  return JSON.parse(readFileSync(new URL("../vectors/bus_list.json", import.meta.url), "utf-8"));
}

/**
 * Return a list in segments as Python sealed and signed it, its only segment, and what is in it.
 * @returns {{codes: string[], contents: EntryContent[], bus: BusContent, list: ListReply,
 *   segment: Uint8Array<ArrayBuffer>}}
 */
export function segmentsVector() {
  const url = new URL("../vectors/segments.json", import.meta.url);
  const vector = JSON.parse(readFileSync(url, "utf-8"));
  return { ...vector, segment: new Uint8Array(Buffer.from(vector.segment, "base64")) };
}

const SERVER = await aServerKey();

/** @type {ListPolicy} */
const POLICY = {
  reentry: "single",
  doors_open_at: null,
  doors_close_at: null,
  grace_s: 0,
  reserve_from: null,
  capacity: null,
  limited_gates: [],
};

/**
 * Return the body of GET /gate-list.
 * @param {object} [of]
 * @param {[string, EntryContent][]} [of.people] codes of badges and who holds them
 * @param {string[]} [of.revoked] codes of badges that are no longer good
 * @param {number} [of.cursor]
 * @param {number} [of.since]
 * @param {string} [of.event]
 * @param {string} [of.issuedAt]
 * @param {CryptoKeyPair} [of.key]
 * @param {Partial<ListPolicy>} [of.policy]
 * @param {GateName[]} [of.gates]
 * @param {string} [of.epoch]
 * @returns {Promise<ListReply>}
 */
export async function aList({
  people = [],
  revoked = [],
  cursor = 1,
  since = 0,
  event = "rabat",
  issuedAt = "2025-06-14T12:00:00+00:00",
  key = SERVER,
  policy = {},
  gates = /** @type {GateName[]} */ ([]),
  epoch = "",
} = {}) {
  const head = {
    ...(epoch ? { epoch } : {}),
    format: FORMAT,
    event,
    cursor: String(cursor),
    since: since ? String(since) : null,
    issued_at: issuedAt,
    policy: { ...POLICY, ...policy },
    gates,
  };
  const entries = await Promise.all(people.map(([code, content]) => sealed(code, content)));
  const tombstones = revoked.map(buried);
  const content = signedBytes(head, tombstones, entries);
  const signature = await crypto.subtle.sign("Ed25519", key.privateKey, content);
  const point = await crypto.subtle.exportKey("raw", key.publicKey);
  return {
    head,
    tombstones,
    entries,
    public_key: textOf(new Uint8Array(point)),
    signature: textOf(new Uint8Array(signature)),
  };
}

/**
 * Return the token of a badge's code.
 * @param {string} code
 */
export function tokenOf(code) {
  const token = parseCode(code);
  if (!token) throw new Error(`${code} is no code of ours`);
  return token;
}

/**
 * @param {string} code
 * @returns {Tombstone}
 */
function buried(code) {
  return { tag: badgeTag(tokenOf(code)), reason: "revoked" };
}

/**
 * @param {string} code
 * @param {EntryContent} content
 * @returns {Promise<SealedEntry>}
 */
async function sealed(code, content) {
  const token = tokenOf(code);
  const tag = badgeTag(token);
  const secret = await crypto.subtle.importKey("raw", token, "HKDF", false, ["deriveKey"]);
  const info = utf8("marhaba gate list entry");
  const derived = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const cipher = { name: "AES-GCM", length: 256 };
  const key = await crypto.subtle.deriveKey(derived, secret, cipher, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: utf8(tag) };
  const hidden = await crypto.subtle.encrypt(how, key, utf8(JSON.stringify(content)));
  return { tag, sealed: textOf(Uint8Array.from([...iv, ...new Uint8Array(hidden)])) };
}
