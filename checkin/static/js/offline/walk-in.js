// Somebody without a badge whom this gate lets in by itself, on a place that it was lent: sealed so
// that only the server can read the name. Formats: checkin/protocol/walk_ins.py.
import { bytesOf, randomId, textOf, utf8 } from "../shared/bytes.js";

/** @import { Delegation } from "./scan.js" */

/**
 * Somebody as a volunteer typed them; the id is one for all tries.
 * @typedef {object} Newcomer
 * @property {string} id
 * @property {string} name
 * @property {Delegation} delegation
 * @property {string} [nameAr] the name in Arabic, where both were typed
 * @property {string} [phone] as it was typed
 * @property {string} [category] its name; "" for the event's usual one
 */

/**
 * What registers somebody, with the name sealed for the server.
 * @typedef {object} WalkIn
 * @property {string} id
 * @property {number} delegation_id
 * @property {string} sealed
 */

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const NONCE_BYTES = 12;

/**
 * Begin the registration of somebody.
 * @param {string} name
 * @param {Delegation} delegation
 * @param {Pick<Newcomer, "nameAr" | "phone" | "category">} [more]
 * @returns {Newcomer}
 */
export function newcomerNamed(name, delegation, more = {}) {
  return { id: randomId(), name, delegation, ...more };
}

/**
 * Return both names; one that was typed alone in the field of its script.
 * @param {Newcomer} newcomer
 */
export function namesOf({ name, nameAr }) {
  if (nameAr) return { name, name_ar: nameAr };
  return /[\u0600-\u06ff]/.test(name) ? { name_ar: name } : { name };
}

/**
 * Return the person's fields that were typed, as they are registered.
 * @param {Newcomer} newcomer
 */
export function toldOf(newcomer) {
  const { phone, category } = newcomer;
  return { ...namesOf(newcomer), ...(phone && { phone }), ...(category && { category }) };
}

/**
 * Return what registers a walk-in, its name sealed with the key of a lease.
 * @param {Newcomer} newcomer
 * @param {string} key
 * @returns {Promise<WalkIn>}
 */
export async function sealedWalkIn(newcomer, key) {
  const person = { ...toldOf(newcomer), allow_duplicate: true };
  const sealed = await seal(key, newcomer.id, JSON.stringify(person));
  return { id: newcomer.id, delegation_id: newcomer.delegation.id, sealed };
}

/**
 * @param {string} key
 * @param {string} id
 * @param {string} clear
 */
async function seal(key, id, clear) {
  const theirs = await crypto.subtle.importKey("raw", bytesOf(key), CURVE, false, []);
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const agreed = { name: "ECDH", public: theirs };
  const secret = await crypto.subtle.deriveBits(agreed, once.privateKey, 256);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const how = { name: "AES-GCM", iv, additionalData: utf8(id) };
  const cipher = await crypto.subtle.encrypt(how, await cipherKey(secret), utf8(clear));
  const point = await crypto.subtle.exportKey("raw", once.publicKey);
  return textOf(Uint8Array.from([point, iv, cipher].flatMap((part) => [...new Uint8Array(part)])));
}

/** @param {ArrayBuffer} secret */
async function cipherKey(secret) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = utf8("marhaba walk-in");
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}
