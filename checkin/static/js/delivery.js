// The delivery page while messages leave: the figures are asked for every two seconds.
import { allWithin, part, within } from "./shared/elements.js";

/**
 * How sending goes; `left_s` is null while nothing leaves.
 * @typedef {object} Progress
 * @property {Record<string, number>} counts
 * @property {number} rate messages a second
 * @property {number | null} left_s
 * @property {unknown} sender whether one is running
 */

const EVERY_MS = 2000;
const card = part("progress");
const count = new Intl.NumberFormat(card.dataset.language);
const state = within(card, "[data-sender]");
const rate = within(card, "[data-rate]");

/** @param {Progress} progress */
function show({ counts, rate: each, left_s: left, sender }) {
  const said = sender ? "yes" : "no";
  if (state.dataset.sender !== said) state.dataset.sender = said;
  for (const cell of allWithin(card, "[data-count]")) {
    cell.textContent = count.format(counts[cell.dataset.count ?? ""]);
  }
  const { still = "", words = "" } = rate.dataset;
  rate.textContent = left === null ? still : pace(words, each, left);
}

/**
 * @param {string} words
 * @param {number} each messages a second
 * @param {number} leftS
 */
function pace(words, each, leftS) {
  return words
    .replace("{rate}", count.format(each))
    .replace("{minutes}", count.format(Math.ceil(leftS / 60)));
}

async function look() {
  try {
    const answer = await fetch(card.dataset.progress ?? "");
    if (answer.ok) show(await answer.json());
  } catch {
    // the next look may reach the server again
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
