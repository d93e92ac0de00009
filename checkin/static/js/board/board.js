// The live board: it is sent by server-sent events, polled when those break, and the page says
// when neither comes.
import {
  showConflicts,
  showCurve,
  showForecast,
  showHall,
  showHelpCalls,
  showHubs,
  showLoad,
  showOthers,
  showOverridden,
  showRefusals,
  showStop,
  showUnusual,
} from "./board-parts.js";
import { turnPages } from "./board-wall.js";
import { fill, localClock, number, write } from "./board-writing.js";
import { watchCounts } from "./counts-line.js";
import "../folding.js";
import { allWithin, part, within } from "../shared/elements.js";

/** @import { BoardWords, Curve, Forecast, Hall, Load } from "./board-parts.js" */
/** @import { CountsState } from "./counts-line.js" */

/**
 * The figures of the event or of a delegation, as the server has computed them.
 * @typedef {Record<string, number>} Figures
 */

/** @typedef {Figures & {last_arrival_at: string | null}} Delegation */

/** @typedef {{id: number, arrived: number, last_scan_at: string | null}} Gate */

/**
 * The board as of `at`.
 * @typedef {object} BoardBody
 * @property {string} at
 * @property {number} day of which the figures are
 * @property {Figures} totals
 * @property {Delegation[]} delegations
 * @property {Gate[]} gates
 * @property {Load[]} loads
 * @property {{since: string, messages: Record<string, string>} | null} stop
 * @property {Hall | null} hall
 * @property {Forecast} forecast
 * @property {Curve | null} curve
 * @property {{reason: string, count: number}[]} refusals
 * @property {number} overridden
 * @property {number} conflicts
 * @property {{device: string, gate: string, does: string, count: number}[]} unusual
 * @property {{id: number, gate: string, since: string}[]} help_calls
 * @property {{name: string, away_since: string | null, waiting: number}[]} hubs
 */

const board = part("board");
const state = part("state");
/** @type {BoardWords} */
const words = JSON.parse(part("board-words").textContent);
const localTime = localClock(Number(board.dataset.offsetS));
/** Is this the wall, which has the totals and the delegations alone? */
const isWall = document.documentElement.classList.contains("wall");

/**
 * Draw who has come of the registered.
 * @param {HTMLElement} whole
 * @param {Figures} figures
 */
function draw(whole, { arrived_registered, registered, percent }) {
  const bar = within(whole, ".bar", SVGElement);
  bar.setAttribute("viewBox", `0 0 ${Math.max(registered, 1)} 1`);
  within(bar, ".arrived", SVGElement).setAttribute("width", String(arrived_registered));
  within(whole, "[data-percent]").textContent = `${percent} %`;
}

/** @param {Figures} totals */
function showTotals(totals) {
  for (const cell of allWithin(board, "[data-total]")) {
    write(cell, number(totals[cell.dataset.total ?? ""]));
  }
  const bar = within(board, "[data-bar=total]");
  draw(bar, totals);
  const [arrived, registered] = [totals.arrived_registered, totals.registered].map(number);
  write(within(bar, "[data-bar-words]"), fill(words.arrived_of, { arrived, registered }));
  if (isWall) return;
  showOthers(totals, words);
  part("delegation-rows").toggleAttribute("data-all-registered", totals.arrived_others === 0);
}

/**
 * @param {HTMLElement} row
 * @param {Record<string, number>} counts
 * @param {Record<string, string | null>} times
 */
function showRow(row, counts, times) {
  for (const cell of allWithin(row, "[data-count]")) {
    write(cell, number(counts[cell.dataset.count ?? ""]));
  }
  for (const cell of allWithin(row, "[data-time]")) {
    write(cell, localTime(times[cell.dataset.time ?? ""]));
  }
}

/**
 * @param {"delegation" | "gate"} kind
 * @param {number} id
 */
const selectorOf = (kind, id) => `[data-${kind}="${id}"]`;

/** @param {Delegation} delegation */
function showDelegation(delegation) {
  const row = within(board, selectorOf("delegation", delegation.id));
  const { last_arrival_at, ...figures } = delegation;
  showRow(row, figures, { last_arrival_at });
  draw(row, delegation);
}

/** @param {Gate} gate */
function showGate({ id, arrived, last_scan_at }) {
  showRow(within(board, selectorOf("gate", id)), { arrived }, { last_scan_at });
}

/** @param {BoardBody} body */
function isNew({ day, delegations, gates }) {
  const selectors = [
    ...delegations.map(({ id }) => selectorOf("delegation", id)),
    ...(isWall ? [] : gates.map(({ id }) => selectorOf("gate", id))),
  ];
  const isNextDay = String(day) !== board.dataset.day;
  return isNextDay || selectors.some((selector) => !board.querySelector(selector));
}

/** @param {BoardBody} body */
function show(body) {
  if (isNew(body)) return location.reload(); // a delegation or gate was added, or a day began
  showStop(board, body.stop, localTime);
  showTotals(body.totals);
  write(within(board, "[data-pace]"), number(body.forecast.per_minute));
  for (const delegation of body.delegations) showDelegation(delegation);
  showHall(body.hall, words);
  if (isWall) return;
  for (const gate of body.gates) showGate(gate);
  for (const load of body.loads) {
    showLoad(within(board, selectorOf("gate", load.id)), load, body.at, words);
  }
  showForecast(body.forecast, words, localTime);
  showCurve(body.curve, localTime);
  showRefusals(body.refusals, words);
  showOverridden(body.overridden, words);
  showConflicts(body.conflicts, words);
  showUnusual(body.unusual, words);
  showHelpCalls(body.help_calls, words, localTime);
  showHubs(body.hubs, words, localTime);
}

/**
 * @param {CountsState} name
 * @param {number} [since]
 */
function say(name, since) {
  state.dataset.state = name === "never" || name === "signed_out" ? "stale" : name;
  const sentence = fill(words.state[name], { time: since ? localTime(since) : "" });
  if (state.textContent !== sentence) state.textContent = sentence;
}

if (isWall) turnPages(within(board, ".delegations"));
const { live = "", counts = "" } = board.dataset;
watchCounts({ live, counts, show, say });
