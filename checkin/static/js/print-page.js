// Shows the buttons that print the page: without scripts there is nothing behind them.
import { allWithin } from "./shared/elements.js";

for (const button of allWithin(document, "[data-print-page]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
