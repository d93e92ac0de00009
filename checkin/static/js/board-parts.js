// The board's parts beside the counts: stop, hall, curve with its table, gates' loads, refusals.
import { fill, made, number, write } from "./board-writing.js";

const STALE_LIST_MIN = 30;
const WRONG_CLOCK_MS = 60_000;
const part = (id) => document.getElementById(id);
const language = document.documentElement.lang.slice(0, 2);

export function showStop(board, stop, localTime) {
  const notice = part("stopped");
  notice.hidden = !stop;
  board.dataset.stop = stop ? "yes" : "no";
  if (!stop) return;
  write(notice.querySelector("[data-stopped-since]"), localTime(stop.since));
  write(notice.querySelector("[data-stopped-message]"), stop.messages[language]);
}

export function showHall(hall, words) {
  const card = part("hall");
  if (!card || !hall) return;
  const told = (name) => card.querySelector(`[data-hall=${name}]`);
  card.dataset.level = hall.level;
  write(told("inside"), number(hall.inside));
  write(told("percent"), `${hall.percent} %`);
  write(told("word"), words.hall[hall.level]);
  card.querySelector(".inside").setAttribute("width", Math.min(hall.inside, hall.capacity));
}

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

export function showCurve(curve, localTime) {
  const figure = part("curve");
  const table = document.querySelector(".curve-table");
  figure.hidden = table.hidden = !curve;
  if (!curve) return;
  for (const [name, path] of Object.entries(curve.paths)) {
    figure.querySelector(`[data-path=${name}]`).setAttribute("d", path);
  }
  const counts = curve.counts.toReversed();
  figure
    .querySelectorAll(".curve-counts li")
    .forEach((tick, at) => write(tick, number(counts[at])));
  figure
    .querySelectorAll(".curve-times li")
    .forEach((tick, at) => write(tick, localTime(curve.times[at])));
  showRows(part("curve-rows"), curve.rows, localTime);
}

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

export function showLoad(row, load, now, words) {
  const tell = (name, text, warn) => {
    const cell = row.querySelector(`[data-load=${name}]`);
    write(cell.querySelector("bdi") ?? cell, text);
    cell.toggleAttribute("data-warn", warn);
  };
  const listMin = load.list_at && Math.floor(Math.max(now - new Date(load.list_at), 0) / 60_000);
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
}

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

export function showConflicts(count, words) {
  const notice = document.querySelector(".waiting-conflicts");
  if (!notice) return; // not for this operator
  notice.hidden = count === 0;
  write(
    notice.querySelector("[data-waiting-conflicts]"),
    fill(words.conflicts, { count: number(count) }),
  );
}
