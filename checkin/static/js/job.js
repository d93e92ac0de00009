// The page of a job while it goes on: its state is asked for every second.
import { part } from "./shared/elements.js";

const EVERY_MS = 1000;

async function look() {
  const shown = await stateNow();
  if (shown && !("going" in shown.dataset)) {
    location.reload(); // it has ended: the page has its files
    return;
  }
  if (shown && shown.innerHTML !== part("state").innerHTML) part("state").replaceWith(shown);
  setTimeout(look, EVERY_MS);
}

/** Return the state as the server shows it now, null where it does not answer. */
async function stateNow() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.getElementById("state");
  } catch {
    return null; // the next look may reach the server again
  }
}

setTimeout(look, EVERY_MS);
