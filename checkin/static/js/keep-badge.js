// The network first, the kept copy when there is none. A badge that died is forgotten.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const KEPT = "marhaba-badge";

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && new URL(request.url).origin === worker.location.origin) {
    event.respondWith(freshOrKept(request));
  }
});

/** @param {Request} request */
async function freshOrKept(request) {
  const kept = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.ok) await kept.put(request, fresh.clone());
    if (fresh.status === 410) await kept.delete(request, { ignoreSearch: true });
    return fresh;
  } catch (fault) {
    // In another language rather than not at all.
    const copy = (await kept.match(request)) ?? (await kept.match(request, { ignoreSearch: true }));
    if (copy) return copy;
    throw fault;
  }
}
