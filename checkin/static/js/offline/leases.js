// What the server lent this device: places of each delegation's quota, and seats of the hall.

/** @import { Delegation } from "./scan.js" */

/**
 * The reply of POST /leases, which is kept as it came.
 * @typedef {object} LeaseReply
 * @property {string} lease_id
 * @property {string} expires_at
 * @property {(Delegation & {places: number})[]} delegations
 * @property {number | null} [hall]
 * @property {string} [walk_in_key]
 */

/**
 * Places that this device may give away without asking.
 * @typedef {object} Lease
 * @property {string} leaseId
 * @property {number} expiresAt in milliseconds of the server's clock
 * @property {Map<number, number>} places by the delegation's number
 * @property {number | null} hall seats of the hall; null where the server did not limit them
 * @property {string} walkInKey seals those who come unannounced; empty from a server that takes none so
 */

/**
 * Read the reply of POST /leases; null when it is not one.
 * @param {Partial<LeaseReply> | null} body
 * @returns {Lease | null}
 */
export function leaseFrom(body) {
  const expiresAt = Date.parse(body?.expires_at ?? "");
  if (typeof body?.lease_id !== "string" || Number.isNaN(expiresAt)) return null;
  if (!Array.isArray(body.delegations)) return null;
  const places = new Map(body.delegations.map(({ id, places }) => [id, places]));
  return {
    leaseId: body.lease_id,
    expiresAt,
    places,
    hall: body.hall ?? null,
    walkInKey: body.walk_in_key ?? "",
  };
}
