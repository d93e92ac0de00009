// One box that ticks all of a form: shown only where scripts run.
import { allWithin } from "./shared/elements.js";

for (const all of allWithin(document, "[data-choose-all]", HTMLInputElement)) {
  const label = all.closest("label");
  if (label) label.hidden = false;
  all.addEventListener("change", () => {
    const named = `input[name="${all.dataset.chooseAll}"]`;
    for (const box of allWithin(all.form ?? document, named, HTMLInputElement)) {
      box.checked = all.checked;
    }
  });
}
