// Arrivals by bus on a board: asked for every few seconds, while the page is looked at.
const EVERY_MS = 5000;
const table = document.querySelector("[data-bus-counts]");
const count = new Intl.NumberFormat(table.dataset.language);

function show({ id, arrived, passengers }) {
  const row = table.querySelector(`[data-bus="${id}"]`);
  if (!row) return; // a bus that is newer than the page
  const counts = { arrived, passengers, missing: passengers - arrived };
  for (const cell of row.querySelectorAll("[data-count]")) {
    cell.textContent = count.format(counts[cell.dataset.count]);
  }
  row.querySelector("[data-complete]").hidden = !passengers || arrived < passengers;
}

async function look() {
  try {
    const answer = document.hidden ? null : await fetch(table.dataset.busCounts);
    if (answer?.ok) (await answer.json()).forEach(show);
  } catch {
    // the next look may reach the server again
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
