// Whether a gate list that arrived may replace or extend the one that is held, as
// scanner/offline/list_checks.py decides it.
import { FORMAT, listIsGenuine, signedBytes } from "./gate-list.js";
import { HEAD_FORMAT } from "./segments.js";

/** @import { ListHead, SealedEntry, Tombstone } from "./gate-list.js" */
/** @import { Named } from "./segments.js" */

/**
 * The reply of GET /gate-list, as far as nobody has looked at it.
 * @typedef {object} ListReply
 * @property {ListHead} head
 * @property {Tombstone[]} tombstones
 * @property {SealedEntry[]} entries
 * @property {string} public_key
 * @property {string} signature
 */

/**
 * A list that was read.
 * @typedef {object} ReceivedList
 * @property {ListHead} head
 * @property {Tombstone[]} tombstones
 * @property {SealedEntry[]} entries
 * @property {string} publicKey
 * @property {string} signature
 * @property {number} cursor what it leads up to
 * @property {number} since what it continues; 0 for a whole list
 * @property {number} issuedAt as of when it is, in milliseconds of the server's clock
 * @property {string} epoch of the database that made it; "" from a server that knows of none
 * @property {Named[] | null} segments in which the list of very many people is fetched
 */

/**
 * Why a list is not taken.
 * @typedef {"unreadable" | "other_key" | "forged" | "other_event" | "older" | "gap"} Objection
 */

/** A list that nobody has confirmed for this long is worth a warning. */
export const STALE_AFTER_MS = 30 * 60_000;

/** A list that is not taken; `objection` says why. */
export class ListRefused extends Error {
  /** @param {Objection} objection */
  constructor(objection) {
    super(objection);
    this.objection = objection;
  }
}

/**
 * Read the reply of GET /gate-list; null when it is not one.
 * @param {Partial<ListReply> | null} body
 * @returns {ReceivedList | null}
 */
export function received(body) {
  const { head, tombstones, entries, public_key: publicKey, signature } = body ?? {};
  const cursor = Number(head?.cursor);
  const since = Number(head?.since ?? 0);
  const issuedAt = Date.parse(head?.as_of ?? head?.issued_at ?? "");
  if (!head || !(cursor >= since) || Number.isNaN(issuedAt)) return null;
  if (!areTexts(tombstones, "reason") || !areTexts(entries, "sealed")) return null;
  if (typeof publicKey !== "string" || typeof signature !== "string") return null;
  const epoch = String(head.epoch ?? "");
  const list = { head, tombstones, entries, publicKey, signature, cursor, since, issuedAt, epoch };
  if (head.format === FORMAT) return { ...list, segments: null };
  const segments = segmentsIn(head);
  if (!segments || since || tombstones.length || entries.length) return null;
  return { ...list, segments };
}

/**
 * Return the segments that the head of a list names; null where it is none of a list in segments.
 * @param {ListHead} head
 */
function segmentsIn({ format, segments, delegations, categories }) {
  if (format !== HEAD_FORMAT || !Array.isArray(delegations) || !Array.isArray(categories))
    return null;
  const isNamed = (/** @type {Named} */ one) =>
    Number.isInteger(one?.bytes) &&
    [one.mark, one.first, one.last].every((text) => typeof text === "string");
  return Array.isArray(segments) && segments.every(isNamed) ? segments : null;
}

/**
 * Say whether these are rows of a tag and another text.
 * @template {SealedEntry | Tombstone} Row
 * @param {Row[] | undefined} rows
 * @param {keyof Row} name
 * @returns {rows is Row[]}
 */
function areTexts(rows, name) {
  if (!Array.isArray(rows)) return false;
  return rows.every((row) => typeof row?.tag === "string" && typeof row[name] === "string");
}

/**
 * Say why a list is not to be taken; null when it is.
 * @param {object} held of the list at hand; empty or 0 before there is one
 * @param {string} held.event
 * @param {string} held.publicKey
 * @param {number} held.cursor
 * @param {string} [held.epoch] of the database that made it
 * @param {string[]} [held.left] the epochs of the lists that were held before
 * @param {ReceivedList | null} list
 * @returns {Promise<Objection | null>}
 */
export async function objection(held, list) {
  if (!list) return "unreadable";
  if (held.publicKey && list.publicKey !== held.publicKey) return "other_key";
  const content = signedBytes(list.head, list.tombstones, list.entries);
  if (!(await listIsGenuine(list.publicKey, content, list.signature))) return "forged";
  if (held.event && list.head.event !== held.event) return "other_event";
  if (held.epoch && list.epoch && list.epoch !== held.epoch) {
    // The cursors of two epochs say nothing of one another. One that was left is an old answer.
    if (held.left?.includes(list.epoch)) return "older";
    return list.since === 0 ? null : "gap";
  }
  // The cursor alone says what is newer: the server's clock may have been set back since.
  if (list.cursor < held.cursor) return "older";
  return list.since === 0 || list.since === held.cursor ? null : "gap";
}
