// Corrects the cells of an uploaded list like a spreadsheet: fill down, undo, arrows up and down.
// Without scripts the form works all the same.
import { within } from "./shared/elements.js";

const form = within(document, "#review", HTMLFormElement);
const tools = form.querySelector("[data-tools]");
const said = form.querySelector("[data-said]");
const undoButton = form.querySelector("[data-undo]");

/** @typedef {{input: HTMLInputElement, was: string}[]} Change */
/** @type {Change[]} */
const changes = [];
/** The cell that had the focus last. @type {HTMLInputElement | null} */
let current = null;
/** What the current cell held when it got the focus. */
let before = "";

/** @param {EventTarget | null} target */
const asCell = (target) =>
  target instanceof HTMLInputElement && target.dataset.column !== undefined ? target : null;

/** The cells of a column, from the first row to the last. @param {string} column */
const cellsOf = (column) =>
  /** @type {HTMLInputElement[]} */ ([
    ...form.querySelectorAll(`input[data-column="${CSS.escape(column)}"]`),
  ]);

/** @param {string} words */
function say(words) {
  if (said) said.textContent = words;
}

function showUndo() {
  if (undoButton instanceof HTMLButtonElement) undoButton.disabled = changes.length === 0;
}

/** @param {Change} change */
function remember(change) {
  if (change.length) changes.push(change);
  showUndo();
}

/** Note what was typed into the cell that one leaves. */
function leaveCell() {
  if (current && current.value !== before) remember([{ input: current, was: before }]);
  if (current) before = current.value;
}

function fillDown() {
  if (!current) return;
  leaveCell();
  const { value, dataset } = current;
  const cells = cellsOf(dataset.column ?? "");
  const below = cells.slice(cells.indexOf(current) + 1).filter((cell) => cell.value !== value);
  remember(below.map((input) => ({ input, was: input.value })));
  for (const cell of below) cell.value = value;
  say(
    (said instanceof HTMLElement ? (said.dataset.filled ?? "") : "").replace(
      "{count}",
      String(below.length),
    ),
  );
  current.focus();
}

function undo() {
  leaveCell();
  const change = changes.pop();
  for (const { input, was } of change ?? []) input.value = was;
  const first = change?.[0]?.input;
  showUndo();
  if (!first) return;
  before = first.value;
  first.focus();
  say(said instanceof HTMLElement ? (said.dataset.undone ?? "") : "");
}

/** @param {number} by */
function move(by) {
  const cells = current ? cellsOf(current.dataset.column ?? "") : [];
  const next = cells[current ? cells.indexOf(current) + by : -1];
  next?.focus();
  next?.select();
}

form.addEventListener("focusin", ({ target }) => {
  const cell = asCell(target);
  if (!cell || cell === current) return;
  current = cell;
  before = cell.value;
});
form.addEventListener("focusout", ({ target }) => {
  if (asCell(target)) leaveCell();
});
form.addEventListener("keydown", (event) => {
  if (!asCell(event.target)) return;
  const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  // What is typed in a cell is the browser's own to undo, until one has left the cell.
  const typing = current !== null && current.value !== before;
  /** @type {Record<string, (() => void) | undefined>} */
  const acts = command
    ? { d: fillDown, z: typing || !changes.length ? undefined : undo }
    : { ArrowDown: () => move(1), ArrowUp: () => move(-1) };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
form.querySelector("[data-fill-down]")?.addEventListener("click", fillDown);
undoButton?.addEventListener("click", undo);
if (tools instanceof HTMLElement) tools.hidden = false;
