// Shows the buttons that print the page: without scripts there is nothing behind them.
for (const button of document.querySelectorAll("[data-print-page]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
