// The delivery page while messages leave: the figures are asked for every two seconds.
const EVERY_MS = 2000;
const card = document.getElementById("progress");
const count = new Intl.NumberFormat(card.dataset.language);
const state = card.querySelector("[data-sender]");
const rate = card.querySelector("[data-rate]");

function show({ counts, rate: each, left_s: left, sender }) {
  const said = sender ? "yes" : "no";
  if (state.dataset.sender !== said) state.dataset.sender = said;
  for (const cell of card.querySelectorAll("[data-count]")) {
    cell.textContent = count.format(counts[cell.dataset.count]);
  }
  rate.textContent =
    left === null
      ? rate.dataset.still
      : rate.dataset.words
          .replace("{rate}", count.format(each))
          .replace("{minutes}", count.format(Math.ceil(left / 60)));
}

async function look() {
  try {
    const answer = await fetch(card.dataset.progress);
    if (answer.ok) show(await answer.json());
  } catch {
    // the next look may reach the server again
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
