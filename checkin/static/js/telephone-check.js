// The QR “open this with your telephone”: asks every two seconds whether it was, while it is good.
const EVERY_MS = 2000;
const check = document.querySelector(".telephone-check");
const until = Date.now() + Number(check?.dataset.lasts) * 1000;
const before = Date.parse(check?.dataset.since) || 0;

async function look() {
  try {
    const answer = await fetch(check.dataset.look);
    const { opened_at: at } = answer.ok ? await answer.json() : {};
    if (at && Date.parse(at) > before) {
      check.dataset.opened = "yes";
      check.querySelector("[data-when]")?.remove();
      return;
    }
  } catch {
    // the next look may reach the server again
  }
  if (Date.now() < until) setTimeout(look, EVERY_MS);
}

if (check) setTimeout(look, EVERY_MS);
