// A page that shows a job while that goes on: it is asked for every second.
import { part } from "./shared/elements.js";

const EVERY_MS = 1000;

async function look() {
  const page = await pageNow();
  const shown = page?.getElementById("state");
  if (page && !(shown && "going" in shown.dataset)) {
    location.reload(); // it has ended: the page says what it made
    return;
  }
  if (shown && shown.innerHTML !== part("state").innerHTML) part("state").replaceWith(shown);
  setTimeout(look, EVERY_MS);
}

/** Return the page as the server shows it now, null where it does not answer. */
async function pageNow() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return null; // the next look may reach the server again
  }
}

setTimeout(look, EVERY_MS);
