// The QR “open this with your telephone”: asks every two seconds whether it was, while it is good.
const EVERY_MS = 2000;
const check = document.querySelector(".telephone-check");

/**
 * Look until the check was opened, or is over.
 * @param {HTMLElement} check
 * @param {number} until
 */
async function look(check, until) {
  const before = Date.parse(check.dataset.since ?? "") || 0;
  try {
    const answer = await fetch(check.dataset.look ?? "");
    const { opened_at: at } = answer.ok ? await answer.json() : {};
    if (at && Date.parse(at) > before) {
      check.dataset.opened = "yes";
      check.querySelector("[data-when]")?.remove();
      return;
    }
  } catch {
    // the next look may reach the server again
  }
  if (Date.now() < until) setTimeout(look, EVERY_MS, check, until);
}

if (check instanceof HTMLElement) {
  setTimeout(look, EVERY_MS, check, Date.now() + Number(check.dataset.lasts) * 1000);
}
