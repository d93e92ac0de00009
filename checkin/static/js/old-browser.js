// Says that a browser is too old where a page's modules would stay silent. Written as browsers of 2010
// read it, so that those say it too. The newest thing that the modules need stands for all of them:
// Chrome and Edge 110, Firefox 115, Safari 16 have it.
(function () {
  if ("toReversed" in Array.prototype && window.AbortSignal && "timeout" in AbortSignal) return;
  var notice = document.getElementById("old-browser");
  if (notice) notice.removeAttribute("hidden");
})();
