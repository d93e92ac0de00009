// The delivery page while messages leave: the figures are asked for every two seconds.
import { allWithin, part, within } from "./shared/elements.js";

/**
 * How sending goes; `left_s` is null while nothing leaves.
 * @typedef {object} Progress
 * @property {Record<string, number>} counts
 * @property {number} rate messages a second
 * @property {number | null} left_s
 * @property {string} state of the job that sends, or has sent; "" without any
 * @property {string} sending the switch
 * @property {number} done messages that the job has sent
 * @property {number} total those that are left, too
 * @property {string} sentence what happens now
 */

const EVERY_MS = 2000;
const card = part("progress");
const count = new Intl.NumberFormat(card.dataset.language);
const sentence = within(card, "[data-sentence]");
const rate = within(card, "[data-rate]");

/** @param {Progress} progress */
function show(progress) {
  const { counts, rate: each, left_s: left } = progress;
  if (sentence.textContent !== progress.sentence) sentence.textContent = progress.sentence;
  for (const cell of allWithin(card, "[data-count]")) {
    cell.textContent = count.format(counts[cell.dataset.count ?? ""]);
  }
  rate.textContent = left === null ? "" : `· ${pace(each, left)}`;
  const bar = card.querySelector("progress");
  if (bar && progress.total) [bar.max, bar.value] = [progress.total, progress.done];
}

/**
 * Say whether the page has other buttons now: the job has begun or ended, or somebody has paused it.
 * @param {Progress} progress
 */
function isAnother({ state, sending }) {
  return state !== card.dataset.state || sending !== card.dataset.sending;
}

/**
 * @param {number} each messages a second
 * @param {number} leftS
 */
function pace(each, leftS) {
  const { words = "", slowWords = "" } = rate.dataset;
  const isSlow = each < 1;
  return (isSlow ? slowWords : words)
    .replace("{rate}", count.format(isSlow ? Math.ceil(each * 60) : each))
    .replace("{minutes}", count.format(Math.ceil(leftS / 60)));
}

async function look() {
  try {
    const answer = await fetch(card.dataset.progress ?? "");
    if (answer.ok) {
      const progress = await answer.json();
      if (isAnother(progress)) {
        location.reload();
        return;
      }
      show(progress);
    }
  } catch {
    // the next look may reach the server again
  }
  setTimeout(look, EVERY_MS);
}

setTimeout(look, EVERY_MS);
