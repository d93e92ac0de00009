// A wall shows no more rows than fit above its lower edge and nobody scrolls it, so longer tables
// are shown page by page. The first row stays: the largest delegation is the one that is asked for.
import { within } from "./shared/elements.js";

const TURN_MS = 8000;
const FEWEST_ROWS = 3;

/** @param {HTMLTableElement} table */
function rowsThatFit(table) {
  const rows = [...table.tBodies[0].rows];
  const shown = rows.filter((row) => !row.hidden);
  const tallest = Math.max(...shown.map((row) => row.offsetHeight));
  const page = getComputedStyle(table.closest(".page") ?? document.body);
  const room =
    innerHeight - parseFloat(page.paddingBottom) - table.tBodies[0].getBoundingClientRect().top;
  return Math.max(FEWEST_ROWS, Math.floor(room / tallest));
}

/**
 * @param {HTMLElement} section
 * @param {number} turn
 */
function showPage(section, turn) {
  const table = within(section, "table", HTMLTableElement);
  const [first, ...others] = table.tBodies[0].rows;
  if (!first) return;
  const fit = rowsThatFit(table);
  const each = others.length < fit ? others.length : fit - 1;
  const pages = Math.max(1, Math.ceil(others.length / Math.max(each, 1)));
  const page = turn % pages;
  // The last page is as full as the others, so that nothing jumps.
  const from = Math.min(page * each, others.length - each);
  first.hidden = false;
  others.forEach((row, at) => {
    row.hidden = at < from || at >= from + each;
  });
  const which = within(section, "[data-page]");
  which.hidden = pages === 1;
  which.textContent = `${page + 1} / ${pages}`;
}

/**
 * Turn the pages of every section of the wall that has more rows than fit.
 * @param {HTMLElement[]} sections
 */
export function turnPages(sections) {
  let turn = 0;
  const show = () => {
    for (const section of sections) showPage(section, turn);
  };
  show();
  document.fonts.ready.then(show); // rows are lower once the letters have come
  addEventListener("resize", show);
  setInterval(() => {
    turn += 1;
    show();
  }, TURN_MS);
}
