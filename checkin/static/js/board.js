// The live board: numbers arrive by server-sent events, by polling when those break,
// and the page says when neither comes.
import { watchCounts } from "./counts-line.js";

const board = document.getElementById("board");
const state = document.getElementById("state");
const words = JSON.parse(document.getElementById("board-words").textContent);
const language = document.documentElement.lang;
const grouped = new Intl.NumberFormat(language);
// The narrow space of French thousands is too narrow to see from afar.
const count = { format: (value) => grouped.format(value).replaceAll("\u202f", "\u00a0") };
const clock = new Intl.DateTimeFormat(language, {
  hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC",
});
const offsetMs = 1000 * Number(board.dataset.offsetS);

// The server tells how far the event's clocks are from UTC: browsers' own time zones grow old.
function localTime(moment) {
  return clock.format(new Date(new Date(moment).getTime() + offsetMs));
}

function write(cell, text) {
  if (cell.textContent === text) return;
  cell.textContent = text;
  cell.classList.remove("flash");
  void cell.offsetWidth; // restarts the animation
  cell.classList.add("flash");
}

function draw(part, { arrived, registered, quota }) {
  const bar = part.querySelector(".bar");
  bar.setAttribute("viewBox", `0 0 ${Math.max(quota, registered, arrived, 1)} 1`);
  bar.querySelector(".registered").setAttribute("width", registered);
  bar.querySelector(".arrived").setAttribute("width", arrived);
  const share = registered ? Math.floor((100 * arrived) / registered) : 0;
  part.querySelector("[data-percent]").textContent = `${share} %`;
}

const withMissing = (row) => ({ ...row, missing: Math.max(row.registered - row.arrived, 0) });

function showTotals(totals) {
  for (const cell of board.querySelectorAll("[data-total]")) {
    write(cell, count.format(withMissing(totals)[cell.dataset.total]));
  }
  draw(board.querySelector("[data-bar=total]"), totals);
}

function showRow(row, counts) {
  for (const cell of row.querySelectorAll("[data-count]")) {
    write(cell, count.format(counts[cell.dataset.count]));
  }
}

function showDelegation(delegation) {
  const row = board.querySelector(`[data-delegation="${delegation.id}"]`);
  showRow(row, withMissing(delegation));
  draw(row, delegation);
}

function showGate(gate) {
  const row = board.querySelector(`[data-gate="${gate.id}"]`);
  showRow(row, gate);
  if (gate.last_scan_at) write(row.querySelector("[data-last-scan]"), localTime(gate.last_scan_at));
}

function isNew({ delegations, gates }) {
  const known = (kind, rows) =>
    rows.every(({ id }) => board.querySelector(`[data-${kind}="${id}"]`));
  return !(known("delegation", delegations) && known("gate", gates));
}

function show(counts) {
  if (isNew(counts)) return location.reload(); // a delegation or gate was added
  showTotals(counts.totals);
  counts.delegations.forEach(showDelegation);
  counts.gates.forEach(showGate);
}

function say(name, since) {
  state.dataset.state = name === "never" || name === "signed_out" ? "stale" : name;
  const sentence = words[name].replace("{time}", since ? localTime(since) : "");
  if (state.textContent !== sentence) state.textContent = sentence;
}

watchCounts({ live: board.dataset.live, counts: board.dataset.counts, show, say });
