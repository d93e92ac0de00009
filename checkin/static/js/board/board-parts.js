// The board's parts beside the counts: stop, hall, curve with its table, gates' loads, refusals.

import { allWithin, part, within } from "../shared/elements.js";
import { fill, made, number, write } from "./board-writing.js";

/** @import { LocalTime } from "./board-writing.js" */

/**
 * The sentences of the board that its script fills in.
 * @typedef {object} BoardWords
 * @property {Record<string, string>} state
 * @property {Record<string, string>} forecast
 * @property {Record<string, string>} hall by the level
 * @property {Record<string, string>} reasons
 * @property {string} minutes
 * @property {string} seconds
 * @property {string} overridden
 * @property {string} conflicts
 * @property {Record<string, string>} unusual by what a device does
 * @property {string} help_since
 * @property {string} help_take
 * @property {string} hub_online
 * @property {string} hub_away
 * @property {string} arrived_of
 * @property {[string, string][]} others the name of a figure, and what is said of it
 */

/**
 * @typedef {object} Hall
 * @property {number} inside
 * @property {number} capacity
 * @property {number} percent
 * @property {number} level
 */

/**
 * @typedef {object} Forecast
 * @property {"all_in" | "expected" | "too_few"} outlook
 * @property {number} per_minute
 * @property {string | null} at
 * @property {string | null} earliest
 * @property {string | null} latest
 */

/**
 * @typedef {object} Curve
 * @property {Record<string, string>} paths what to draw, by its name
 * @property {string[]} times
 * @property {number[]} counts
 * @property {[string, number, number][]} rows from when, how many arrived, how many until then
 */

/**
 * How a gate fares.
 * @typedef {object} Load
 * @property {number} id
 * @property {number} per_minute
 * @property {number} devices
 * @property {number} online
 * @property {number} waiting
 * @property {string | null} list_at
 * @property {number | null} skew_ms
 * @property {number | null} low_battery percent of the emptiest battery that is to be charged
 */

const STALE_LIST_MIN = 30;
const WRONG_CLOCK_MS = 60_000;
const language = document.documentElement.lang.slice(0, 2);

/**
 * @param {HTMLElement} board
 * @param {{since: string, messages: Record<string, string>} | null} stop
 * @param {LocalTime} localTime
 */
export function showStop(board, stop, localTime) {
  const notice = part("stopped");
  notice.hidden = !stop;
  board.dataset.stop = stop ? "yes" : "no";
  if (!stop) return;
  write(within(notice, "[data-stopped-since]"), localTime(stop.since));
  write(within(notice, "[data-stopped-message]"), stop.messages[language]);
}

/**
 * Tell who has come in and is not simply registered.
 * @param {Record<string, number>} totals
 * @param {BoardWords} words
 */
export function showOthers(totals, words) {
  const told = words.others.filter(([figure]) => totals[figure]);
  const card = part("others");
  card.hidden = told.length === 0;
  within(card, "[data-others]").replaceChildren(
    ...told.map(([figure, sentence]) =>
      made("li", fill(sentence, { count: number(totals[figure]) })),
    ),
  );
}

/**
 * @param {Hall | null} hall
 * @param {BoardWords} words
 */
export function showHall(hall, words) {
  const card = document.getElementById("hall");
  if (!card || !hall) return;
  const told = (/** @type {string} */ name) => within(card, `[data-hall=${name}]`);
  card.dataset.level = String(hall.level);
  write(told("inside"), number(hall.inside));
  write(told("percent"), `${hall.percent} %`);
  write(told("word"), words.hall[hall.level]);
  const inside = String(Math.min(hall.inside, hall.capacity));
  within(card, ".inside", SVGElement).setAttribute("width", inside);
}

/**
 * @param {Forecast} forecast
 * @param {BoardWords} words
 * @param {LocalTime} localTime
 */
export function showForecast(forecast, words, localTime) {
  const sentence = part("forecast");
  sentence.dataset.outlook = forecast.outlook;
  write(
    sentence,
    fill(words.forecast[forecast.outlook], {
      pace: number(forecast.per_minute),
      at: localTime(forecast.at),
      earliest: localTime(forecast.earliest),
      latest: localTime(forecast.latest),
    }),
  );
}

/**
 * @param {Curve | null} curve
 * @param {LocalTime} localTime
 */
export function showCurve(curve, localTime) {
  const figure = part("curve");
  const table = within(document, ".curve-table");
  figure.hidden = table.hidden = !curve;
  if (!curve) return;
  for (const [name, path] of Object.entries(curve.paths)) {
    within(figure, `[data-path=${name}]`, SVGElement).setAttribute("d", path);
  }
  const counts = curve.counts.toReversed();
  for (const [at, tick] of allWithin(figure, ".curve-counts li").entries()) {
    write(tick, number(counts[at]));
  }
  for (const [at, tick] of allWithin(figure, ".curve-times li").entries()) {
    write(tick, localTime(curve.times[at]));
  }
  showRows(part("curve-rows"), curve.rows, localTime);
}

/**
 * @param {HTMLElement} body
 * @param {Curve["rows"]} rows
 * @param {LocalTime} localTime
 */
function showRows(body, rows, localTime) {
  body.replaceChildren(
    ...rows.map(([at, arrived, total]) => {
      const row = document.createElement("tr");
      row.append(
        made("th", localTime(at), { scope: "row" }),
        made("td", number(arrived), { class: "number" }),
        made("td", number(total), { class: "number" }),
      );
      return row;
    }),
  );
}

/**
 * @param {HTMLElement} row
 * @param {Load} load
 * @param {string} now
 * @param {BoardWords} words
 */
export function showLoad(row, load, now, words) {
  const tell = (
    /** @type {string} */ name,
    /** @type {string} */ text,
    /** @type {boolean} */ warn,
  ) => {
    const cell = within(row, `[data-load=${name}]`);
    write(cell.querySelector("bdi") ?? cell, text);
    cell.toggleAttribute("data-warn", warn);
  };
  const listMs = load.list_at ? Date.parse(now) - Date.parse(load.list_at) : 0;
  const listMin = Math.floor(Math.max(listMs, 0) / 60_000);
  const skewMs = Math.abs(load.skew_ms ?? 0);
  tell("per_minute", number(load.per_minute), false);
  tell("online", `${load.online} / ${load.devices}`, load.devices > 0 && load.online === 0);
  tell("waiting", number(load.waiting), load.waiting > 0);
  tell(
    "list_at",
    load.list_at ? fill(words.minutes, { count: number(listMin) }) : "–",
    listMin > STALE_LIST_MIN,
  );
  tell(
    "skew_ms",
    load.skew_ms === null ? "–" : fill(words.seconds, { count: number(Math.round(skewMs / 1000)) }),
    skewMs >= WRONG_CLOCK_MS,
  );
  const low = load.low_battery;
  tell("low_battery", low === null ? "–" : `${low} %`, low !== null);
}

/**
 * @param {{reason: string, count: number}[]} refusals
 * @param {BoardWords} words
 */
export function showRefusals(refusals, words) {
  part("refusals").hidden = refusals.length === 0;
  part("refusal-rows").replaceChildren(
    ...refusals.map(({ reason, count }) => {
      const row = document.createElement("tr");
      const cell = made("td", "", { class: "number" });
      cell.append(made("b", number(count)));
      row.append(made("td", words.reasons[reason]), cell);
      return row;
    }),
  );
}

/**
 * @param {number} count
 * @param {BoardWords} words
 */
export function showOverridden(count, words) {
  const notice = document.querySelector(".overridden");
  if (!(notice instanceof HTMLElement)) return; // not on the wall
  notice.hidden = count === 0;
  write(within(notice, "[data-overridden]"), fill(words.overridden, { count: number(count) }));
}

/**
 * Show the hubs in the hall: whether they are in touch, and what they have yet to bring.
 * @param {{name: string, away_since: string | null, waiting: number}[]} hubs
 * @param {BoardWords} words
 * @param {(moment: string) => string} localTime
 */
export function showHubs(hubs, words, localTime) {
  const section = document.querySelector(".hubs-on-board");
  if (!(section instanceof HTMLElement)) return; // not on the wall
  section.hidden = hubs.length === 0;
  within(section, "[data-hubs]").replaceChildren(
    ...hubs.map(({ name, away_since: since, waiting }) => {
      const told = { hub: name, count: number(waiting) };
      const away = since ? fill(words.hub_away, { ...told, time: localTime(since) }) : "";
      return made("li", away || fill(words.hub_online, told));
    }),
  );
}

/**
 * Show the gates that call for help, each with a form to take the call for whoever may.
 * @param {{id: number, gate: string, since: string}[]} calls
 * @param {BoardWords} words
 * @param {(moment: string) => string} localTime
 */
export function showHelpCalls(calls, words, localTime) {
  const notice = document.querySelector(".help-calls");
  if (!(notice instanceof HTMLElement)) return; // not on the wall
  notice.hidden = calls.length === 0;
  const list = within(notice, "[data-help-calls]");
  list.replaceChildren(
    ...calls.map(({ id, gate, since }) => {
      const item = made("li", `${gate} · ${fill(words.help_since, { time: localTime(since) })} `);
      const { take = "", token = "" } = list.dataset;
      if (take) item.append(takingForm(take.replace(/0$/, String(id)), token, words.help_take));
      return item;
    }),
  );
}

/**
 * @param {string} action
 * @param {string} token
 * @param {string} label
 */
function takingForm(action, token, label) {
  const form = document.createElement("form");
  const hidden = document.createElement("input");
  const button = document.createElement("button");
  Object.assign(form, { method: "post", action });
  Object.assign(hidden, { type: "hidden", name: "csrf_token", value: token });
  button.className = "button button-small";
  button.textContent = label;
  form.append(hidden, button);
  return form;
}

/**
 * @param {{device: string, gate: string, does: string, count: number}[]} devices
 * @param {BoardWords} words
 */
export function showUnusual(devices, words) {
  const notice = document.querySelector(".unusual");
  if (!(notice instanceof HTMLElement)) return; // not on the wall
  notice.hidden = devices.length === 0;
  within(notice, "[data-unusual]").replaceChildren(
    ...devices.map(({ device, gate, does, count }) =>
      made("li", fill(words.unusual[does], { device, gate, count: number(count) })),
    ),
  );
}

/**
 * @param {number} count
 * @param {BoardWords} words
 */
export function showConflicts(count, words) {
  const notice = document.querySelector(".waiting-conflicts");
  if (!(notice instanceof HTMLElement)) return; // not for this operator
  notice.hidden = count === 0;
  write(
    within(notice, "[data-waiting-conflicts]"),
    fill(words.conflicts, { count: number(count) }),
  );
}
