// Segments of the gate list of very many people, as checkin/protocol/list_segments.py defines them.
import { bytesOf, hexOf, textOf } from "../../shared/bytes.js";

/** @import { SealedEntry, Tombstone } from "./gate-list.js" */
/** @import { Reason } from "../admission.js" */

/**
 * A segment as the head of a list names it: its mark, bytes, and first and last tag as hexadecimal.
 * @typedef {{mark: string, bytes: number, first: string, last: string}} Named
 */

/** @typedef {{records: number, first: string, last: string}} Extent */

/** Of the head of a list in segments. */
export const HEAD_FORMAT = 2;
/** So many segments are sent in one answer, behind one another. */
export const MOST_AT_ONCE = 16;
const FORMAT = 1;
const TAG_BYTES = 16;
const HEAD_BYTES = TAG_BYTES + 4;
/** @type {Reason[]} */
const REASONS = ["revoked"];

/**
 * Return the name of a segment: base64url of the SHA-256 of its bytes.
 * @param {Uint8Array<ArrayBuffer>} content
 */
export async function markOf(content) {
  return textOf(new Uint8Array(await crypto.subtle.digest("SHA-256", content)));
}

/**
 * Say whether the record of a tag can be in a segment.
 * @param {Named} named
 * @param {string} tag
 */
export function mayHold({ first, last }, tag) {
  const wanted = hexOf(bytesOf(tag));
  return first <= wanted && wanted <= last;
}

/**
 * Read a segment to its end; null when these bytes are none.
 * @param {Uint8Array} content
 * @returns {Extent | null}
 */
export function extentOf(content) {
  const extent = { records: 0, first: "", last: "" };
  for (const place of places(content)) {
    if (!place || (!place.size && !(content[place.start] in REASONS))) return null;
    const tag = hexOf(place.tag);
    if (tag <= extent.last) return null;
    extent.first ||= tag;
    extent.last = tag;
    extent.records += 1;
  }
  return extent.records ? extent : null;
}

/**
 * Return the record of a tag in a segment, or null.
 * @param {Uint8Array} content
 * @param {string} tag
 * @returns {SealedEntry | Tombstone | null}
 */
export function recordIn(content, tag) {
  const wanted = bytesOf(tag);
  for (const place of places(content)) {
    if (!place || !isSame(place.tag, wanted)) continue;
    const { start, size } = place;
    if (!size) return { tag, reason: REASONS[content[start]] };
    return { tag, sealed: textOf(content.subarray(start, start + size)) };
  }
  return null;
}

/**
 * Yield the tag of each record, and where what is sealed begins and how long it is; null for what is none.
 * @param {Uint8Array} content
 * @returns {Generator<{tag: Uint8Array, start: number, size: number} | null, null>}
 */
function* places(content) {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  if (content[0] !== FORMAT) {
    yield null;
    return null;
  }
  let at = 1;
  while (at < content.length) {
    const start = at + HEAD_BYTES;
    const size = start > content.length ? content.length : view.getUint32(at + TAG_BYTES);
    const next = start + (size || 1);
    if (next > content.length) {
      yield null;
      return null;
    }
    yield { tag: content.subarray(at, at + TAG_BYTES), start, size };
    at = next;
  }
  return null;
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function isSame(one, other) {
  return one.every((byte, place) => byte === other[place]);
}
