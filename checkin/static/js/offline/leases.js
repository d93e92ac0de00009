// What the server lent this device: places of each delegation's quota, and seats of the hall.

/** Read the reply of POST /leases; null when it is not one. */
export function leaseFrom(body) {
  const expiresAt = Date.parse(body?.expires_at);
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
