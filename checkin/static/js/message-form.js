// The form of a message to many: how many people it reaches, as soon as the choice has changed.
import { part, within } from "./shared/elements.js";

const AFTER_MS = 300;
const form = part("message", HTMLFormElement);
const sentence = within(form, "[data-sentence]");
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;
let asked = 0;

/** Return the choice of recipients, without what is written to them. */
function choice() {
  const chosen = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (!/^(subject|text)_|^csrf_token$/.test(name)) chosen.append(name, String(value));
  }
  return chosen;
}

async function count() {
  asked += 1;
  const mine = asked;
  try {
    const answer = await fetch(`${form.dataset.count}?${choice()}`);
    if (!answer.ok) return;
    const reach = await answer.json();
    // An answer that comes late is about an earlier choice.
    if (mine === asked) sentence.textContent = reach.sentence;
  } catch {
    // the next choice may reach the server again
  }
}

form.addEventListener("change", () => {
  clearTimeout(soon);
  soon = setTimeout(count, AFTER_MS);
});
