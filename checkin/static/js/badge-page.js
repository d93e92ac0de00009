// Keep the opened badge for a hall without network. Where this cannot run, the page is as good.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker
    .register("keep.js", { scope: "./" }) // beside this page, wherever a proxy has put it
    .then(() => navigator.serviceWorker.ready)
    .then(() => caches.open("marhaba-badge"))
    // This first visit went past the worker.
    .then((kept) => kept.addAll([location.href, ...styleSheets()]))
    .then(() => {
      document.documentElement.dataset.kept = "yes";
    })
    .catch(() => {});
}

function styleSheets() {
  const link = document.querySelector("link[rel=stylesheet]");
  return link instanceof HTMLLinkElement ? [link.href] : [];
}
