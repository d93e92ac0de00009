// A wall shows no more rows than fit above its lower edge and nobody scrolls it, so a longer table
// is shown page by page, and the rows of a page share all the room that there is. The first row
// stays: the largest delegation is the one that is asked for.
import { within } from "../shared/elements.js";

const TURN_MS = 8000;
const FEWEST_ROWS = 3;

/**
 * Return the height that is left for the rows, and that of the tallest row as its text needs it.
 * @param {HTMLTableElement} table
 */
function measured(table) {
  const [body] = table.tBodies;
  const page = getComputedStyle(table.closest(".page") ?? document.body);
  const room = innerHeight - parseFloat(page.paddingBottom) - body.getBoundingClientRect().top;
  table.style.removeProperty("--row");
  const tallest = Math.max(
    ...[...body.rows].filter((row) => !row.hidden).map((row) => row.offsetHeight),
  );
  return { room, tallest };
}

/**
 * Show a page of the table's rows.
 * @param {HTMLElement} section
 * @param {number} turn
 * @returns {boolean} whether there are several pages
 */
function showPage(section, turn) {
  const table = within(section, "table", HTMLTableElement);
  const [first, ...others] = table.tBodies[0].rows;
  if (!first) return false;
  for (const row of [first, ...others]) row.hidden = false;
  const { room, tallest } = measured(table);
  const fit = Math.max(FEWEST_ROWS, Math.floor(room / tallest));
  const each = others.length < fit ? others.length : fit - 1;
  const pages = Math.max(1, Math.ceil(others.length / Math.max(each, 1)));
  const page = turn % pages;
  // The last page is as full as the others, so that nothing jumps.
  const from = Math.min(page * each, others.length - each);
  others.forEach((row, at) => {
    row.hidden = at < from || at >= from + each;
  });
  table.style.setProperty("--row", `${Math.floor(room / (each + 1))}px`);
  const which = within(section, "[data-page]");
  which.hidden = pages === 1;
  which.textContent = `${page + 1} / ${pages}`;
  return pages > 1;
}

/**
 * Turn the pages of the wall's table, until somebody pauses them.
 * @param {HTMLElement} section
 */
export function turnPages(section) {
  const button = within(section, "[data-pause]", HTMLButtonElement);
  const pause = button.getAttribute("aria-label") ?? "";
  let turn = 0;
  let isPaused = false;
  const show = () => {
    button.hidden = !showPage(section, turn);
  };
  show();
  document.fonts.addEventListener("loadingdone", show); // rows are lower once the letters have come
  addEventListener("resize", show);
  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.textContent = isPaused ? "▶" : "❚❚";
    button.setAttribute("aria-label", isPaused ? (button.dataset.goOn ?? "") : pause);
  });
  setInterval(() => {
    if (isPaused) return;
    turn += 1;
    show();
  }, TURN_MS);
}
