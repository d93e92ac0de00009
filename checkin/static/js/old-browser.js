// Says why a page stays silent: the browser is too old for the page's modules, or one of them did not
// arrive. Written as browsers of 2010 read it, so that those say it too. The newest thing that the
// modules need stands for all of them: Chrome and Edge 110, Firefox 115, Safari 16 have it.
(function () {
  /** @param {string} id */
  function show(id) {
    var notice = document.getElementById(id);
    if (notice) notice.removeAttribute("hidden");
  }
  if ("toReversed" in Array.prototype && window.AbortSignal && "timeout" in AbortSignal) {
    // A page loads when its modules have run or failed.
    window.addEventListener("load", function () {
      if (!document.documentElement.hasAttribute("data-started")) show("not-loaded");
    });
    return;
  }
  show("old-browser");
})();
