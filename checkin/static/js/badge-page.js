// Keep the opened badge for a hall without network. Where this cannot run, the page is as good.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker
    .register("keep.js", { scope: "./" }) // beside this page, wherever a proxy has put it
    .then(() => navigator.serviceWorker.ready)
    .then(() => caches.open("marhaba-badge"))
    // This first visit went past the worker.
    .then((kept) => kept.addAll([location.href, ...inOtherLanguages(), ...looks()]))
    .then(() => {
      document.documentElement.dataset.kept = "yes";
      document.querySelector(".kept")?.removeAttribute("hidden");
    })
    .catch(() => {});
}

function inOtherLanguages() {
  return hrefs(document.querySelectorAll(".languages a"), HTMLAnchorElement);
}

// The style sheet and the fonts, which are preloaded so that they are named in the page.
function looks() {
  return hrefs(
    document.querySelectorAll("link[rel=stylesheet], link[rel=preload]"),
    HTMLLinkElement,
  );
}

/**
 * @param {NodeListOf<Element>} elements
 * @param {typeof HTMLAnchorElement | typeof HTMLLinkElement} kind
 */
function hrefs(elements, kind) {
  return [...elements].flatMap((one) => (one instanceof kind ? [one.href] : []));
}
