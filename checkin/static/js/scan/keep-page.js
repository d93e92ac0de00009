// Keeps the page itself for a hall without network, and offers a new version when there is one.

import { part } from "../shared/elements.js";
import { ROOT } from "../shared/root.js";
import { language } from "./words.js";

/** @param {ServiceWorker} worker */
function offer(worker) {
  part("new-version").hidden = false;
  part("new-version").onclick = () => worker.postMessage("take over");
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) offer(worker);
    });
  });
}

/**
 * Ask the page's worker whether all of the page is kept.
 * @param {ServiceWorker} worker
 * @returns {Promise<boolean>}
 */
function isKept(worker) {
  const { port1: ours, port2: theirs } = new MessageChannel();
  worker.postMessage({ language }, [theirs]);
  return new Promise((answered) => {
    ours.onmessage = ({ data }) => answered(data);
  });
}

/** Register the worker; the page then opens without network, in each of its languages. */
export async function keepPageForOffline() {
  if (!navigator.serviceWorker) return say(false); // not at an insecure address
  let reloads = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (reloads) location.reload();
    reloads = true;
  });
  try {
    const registration = await navigator.serviceWorker.register(`${ROOT}scan/worker.js`, {
      scope: `${ROOT}scan`,
    });
    watch(registration);
    const ready = await navigator.serviceWorker.ready;
    say(ready.active !== null && (await isKept(ready.active)));
  } catch (fault) {
    say(false); // a private window or a full disk: the page works while there is a network
    // A browser that was told to open a page in spite of its certificate keeps nothing of it.
    const refused = fault instanceof DOMException && fault.name === "SecurityError";
    part("not-trusted").hidden = !refused || location.protocol !== "https:";
  }
}

/** @param {boolean} kept */
function say(kept) {
  part("not-kept").hidden = kept;
  document.documentElement.dataset.kept = kept ? "yes" : "no";
}
