// Arrivals by bus on a board: asked for every few seconds, while the page is looked at.
import { allWithin, within } from "../shared/elements.js";

/**
 * @typedef {object} Bus
 * @property {number} id
 * @property {boolean} complete
 * @property {number} arrived
 * @property {number} passengers
 * @property {number} missing
 */

const EVERY_MS = 5000;
const table = within(document, "[data-bus-counts]");
const count = new Intl.NumberFormat(table.dataset.language);

/** @param {Bus} bus */
function show({ id, complete, ...figures }) {
  const row = table.querySelector(`[data-bus="${id}"]`);
  if (!row) return; // a bus that is newer than the page
  /** @type {Record<string, number>} */
  const counts = figures;
  for (const cell of allWithin(row, "[data-count]")) {
    cell.textContent = count.format(counts[cell.dataset.count ?? ""]);
  }
  within(row, "[data-complete]").hidden = !complete;
}

async function look() {
  try {
    const answer = document.hidden ? null : await fetch(table.dataset.busCounts ?? "");
    /** @type {Bus[]} */
    const buses = answer?.ok ? await answer.json() : [];
    for (const bus of buses) show(bus);
  } catch {
    // the next look may reach the server again
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
