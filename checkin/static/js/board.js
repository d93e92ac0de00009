// The live board: it is sent by server-sent events, polled when those break, and the page says
// when neither comes.
import {
  showConflicts,
  showCurve,
  showForecast,
  showHall,
  showLoad,
  showRefusals,
  showStop,
} from "./board-parts.js";
import { turnPages } from "./board-wall.js";
import { fill, localClock, number, write } from "./board-writing.js";
import { watchCounts } from "./counts-line.js";

const board = document.getElementById("board");
const state = document.getElementById("state");
const words = JSON.parse(document.getElementById("board-words").textContent);
const localTime = localClock(Number(board.dataset.offsetS));

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
    write(cell, number(withMissing(totals)[cell.dataset.total]));
  }
  draw(board.querySelector("[data-bar=total]"), totals);
}

function showRow(row, counts) {
  for (const cell of row.querySelectorAll("[data-count]")) {
    write(cell, number(counts[cell.dataset.count]));
  }
  for (const cell of row.querySelectorAll("[data-time]")) {
    write(cell, localTime(counts[cell.dataset.time]));
  }
}

const rowOf = (kind, id) => board.querySelector(`[data-${kind}="${id}"]`);

function showDelegation(delegation) {
  const row = rowOf("delegation", delegation.id);
  showRow(row, withMissing(delegation));
  draw(row, delegation);
}

const isNew = ({ delegations, gates }) =>
  !(
    delegations.every(({ id }) => rowOf("delegation", id)) &&
    gates.every(({ id }) => rowOf("gate", id))
  );

function show(body) {
  if (isNew(body)) return location.reload(); // a delegation or gate was added
  showStop(board, body.stop, localTime);
  showTotals(body.totals);
  body.delegations.forEach(showDelegation);
  body.gates.forEach((gate) => showRow(rowOf("gate", gate.id), gate));
  body.loads.forEach((load) => showLoad(rowOf("gate", load.id), load, new Date(body.at), words));
  showHall(body.hall, words);
  showForecast(body.forecast, words, localTime);
  showCurve(body.curve, localTime);
  showRefusals(body.refusals, words);
  showConflicts(body.conflicts, words);
}

function say(name, since) {
  state.dataset.state = name === "never" || name === "signed_out" ? "stale" : name;
  const sentence = fill(words.state[name], { time: since ? localTime(since) : "" });
  if (state.textContent !== sentence) state.textContent = sentence;
}

if (document.documentElement.classList.contains("wall")) {
  turnPages(board.querySelectorAll(".delegations, .gates"));
}
watchCounts({ live: board.dataset.live, counts: board.dataset.counts, show, say });
