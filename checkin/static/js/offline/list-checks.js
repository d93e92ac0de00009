// Whether a gate list that arrived may replace or extend the one that is held, as
// scanner/list_checks.py decides it.
import { FORMAT, listIsGenuine, signedBytes } from "./gate-list.js";

/** a list that nobody has confirmed for this long is worth a warning */
export const STALE_AFTER_MS = 30 * 60_000;

/** A list that is not taken; `objection` says why. */
export class ListRefused extends Error {
  constructor(objection) {
    super(objection);
    this.objection = objection;
  }
}

/** Read the reply of GET /gate-list; null when it is not one. */
export function received(body) {
  const { head, tombstones, entries, public_key: publicKey, signature } = body ?? {};
  const cursor = Number(head?.cursor);
  const since = Number(head?.since ?? 0);
  const issuedAt = Date.parse(head?.issued_at);
  const rows = [...eachText(tombstones, "reason"), ...eachText(entries, "sealed")];
  const texts = [publicKey, signature, ...rows];
  const readable = head?.format === FORMAT && cursor >= since && !Number.isNaN(issuedAt);
  if (!readable || texts.some((text) => typeof text !== "string")) return null;
  return { head, tombstones, entries, publicKey, signature, cursor, since, issuedAt };
}

function eachText(rows, name) {
  return Array.isArray(rows) ? rows.flatMap((row) => [row?.tag, row?.[name]]) : [null];
}

/**
 * Say why a list is not to be taken; null when it is.
 * @param held {event, publicKey, cursor} of the list at hand; empty or 0 before there is one
 */
export async function objection(held, list) {
  if (!list) return "unreadable";
  if (held.publicKey && list.publicKey !== held.publicKey) return "other_key";
  const content = signedBytes(list.head, list.tombstones, list.entries);
  if (!(await listIsGenuine(list.publicKey, content, list.signature))) return "forged";
  if (held.event && list.head.event !== held.event) return "other_event";
  // The cursor alone says what is newer: the server's clock may have been set back since.
  if (list.cursor < held.cursor) return "older";
  return list.since === 0 || list.since === held.cursor ? null : "gap";
}
