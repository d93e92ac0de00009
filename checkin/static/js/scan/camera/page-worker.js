// Opens the scan page without network. The server writes `PRECACHE` = {version, page, pages, files}
// before this text, so that a change of any file makes a new worker. It answers only for what it has
// fetched whole beforehand, and never for the API.
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const { page: PAGE } = PRECACHE; // "/scan", or what it is behind a proxy's path
// All that a host serves shares its caches, and another server's under another path are not ours.
const PREFIX = PAGE === "/scan" ? "marhaba-scan-" : `marhaba-scan of ${PAGE} `;
const NAME = PREFIX + PRECACHE.version;
const LANGUAGES = Object.keys(PRECACHE.pages);
// the language of a page that is asked for without one
const LANGUAGE = PAGE === "/scan" ? "marhaba-language" : `marhaba-language of ${PAGE}`;

worker.addEventListener("install", (event) => event.waitUntil(keepAll()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("message", (event) => {
  if (event.data === "take over") worker.skipWaiting();
  else if (PRECACHE.pages[event.data?.language]) event.waitUntil(answerPage(event));
});
worker.addEventListener("fetch", (event) => {
  const address = keptAddress(event.request);
  if (address) event.respondWith(keptOrFresh(address, event.request));
});

// Without cookies: asking for the page in a language must not choose it for the whole site.
async function keepAll() {
  const cache = await caches.open(NAME);
  const addresses = [...Object.values(PRECACHE.pages), ...PRECACHE.files];
  await cache.addAll(
    addresses.map((address) => new Request(address, { cache: "reload", credentials: "omit" })),
  );
}

/**
 * Tell an opened page whether all of it is kept.
 * @param {ExtendableMessageEvent} question
 */
async function answerPage({ data: { language }, ports: [page] }) {
  const kept = await isWhole(PRECACHE.pages[language]).catch(() => false);
  if (kept) await keepLanguage(language).catch(() => null); // a full disk keeps no choice
  page?.postMessage(kept);
}

/**
 * A browser may have erased the files and left the worker: then they are fetched again.
 * @param {string} address
 */
async function isWhole(address) {
  const cache = await caches.open(NAME);
  if (!(await cache.match(address))) await keepAll();
  return Boolean(await cache.match(address));
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** @param {string} language */
async function keepLanguage(language) {
  const cache = await caches.open(LANGUAGE);
  await cache.put(PAGE, new Response(language));
}

/**
 * Return the address under which a request is kept, or null when it is none of ours.
 * @param {Request} request
 */
function keptAddress(request) {
  const { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return null;
  if (PRECACHE.files.includes(pathname)) return pathname;
  if (pathname !== PAGE) return null;
  return PRECACHE.pages[searchParams.get("lang") ?? ""] ?? PAGE;
}

/**
 * @param {string} address
 * @param {Request} request
 */
async function keptOrFresh(address, request) {
  const cache = await caches.open(NAME);
  const chosen = LANGUAGES.find((language) => PRECACHE.pages[language] === address);
  if (chosen) await keepLanguage(chosen).catch(() => null);
  const copy = await cache.match(address === PAGE ? await pageAddress() : address);
  return copy ?? fetch(request);
}

async function pageAddress() {
  const kept = await (await caches.open(LANGUAGE)).match(PAGE);
  const [first] = Object.values(PRECACHE.pages);
  return PRECACHE.pages[(await kept?.text()) ?? ""] ?? first;
}
