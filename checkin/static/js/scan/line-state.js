// The state of the line and of what is held: online or not, what waits, how old the list is.
import { part } from "../shared/elements.js";
import { bothNames, fill, language, localMoment, words } from "./words.js";

/** @import { Named } from "../offline/scan.js" */
/** @import { Place } from "../offline/store/kept-values.js" */
/** @import { SetAsideRow } from "../offline/store/spool.js" */
/** @import { LineState } from "../server/courier.js" */
/** @import { StatusReply } from "../server/line.js" */

/**
 * What of the spool is shown.
 * @typedef {object} Waiting
 * @property {number} waitingCount
 * @property {number} setAsideCount
 * @property {SetAsideRow[]} setAsideList
 */

const MINUTE_MS = 60_000;

/**
 * @param {string} id
 * @param {string} sentence
 * @param {boolean} warn
 */
function say(id, sentence, warn = false) {
  part(id).textContent = sentence;
  part(id).hidden = !sentence;
  part(id).dataset.warn = String(warn);
}

/**
 * Show which gate this is, in both scripts.
 * @param {Place} place
 */
export function showGate(place) {
  const [name, other] = bothNames(place);
  part("gate").textContent = name;
  part("gate-other").textContent = other;
  part("gate-other").hidden = !other;
}

/**
 * Show which event this is, in the page's script where it has a name in that.
 * @param {Named} event
 */
export function showEvent(event) {
  part("event").textContent = bothNames(event)[0];
}

/** @param {LineState} line */
function listSentence({ listAgeMs: age, coming, online }) {
  if (coming && online) return fill(words.status.list_comes, coming);
  if (age === null) return words.status.no_list;
  return fill(words.status.list_age, { minutes: Math.floor(age / MINUTE_MS) });
}

/**
 * Return a text that runs from the left whatever is beside it.
 * @param {string} text
 * @param {string} [kind] its class
 */
function isolated(text, kind = "") {
  const element = document.createElement("bdi");
  element.dir = "ltr";
  element.className = kind;
  element.textContent = text;
  return element;
}

/** @param {LineState} line */
function lasting(line) {
  if (line.stop) return line.stop[language];
  if (line.listStale) return words.status.list_stale;
  return line.clockOff ? words.status.clock_off : "";
}

/**
 * Show how things stand.
 * @param {LineState} line as the courier tells it
 * @param {Waiting} spool what waits here
 */
export function showLine(line, spool) {
  const { online, counts, skewMs } = line;
  const { waitingCount: waiting, setAsideCount: aside } = spool;
  part("line").dataset.state = online ? "online" : "offline";
  part("line").textContent = online ? words.status.online : words.status.offline;
  say("waiting", waiting ? fill(words.status.waiting, { count: waiting }) : "", true);
  say("aside", aside ? fill(words.status.aside, { count: aside }) : "", true);
  const lacksList = line.listAgeMs === null && !(line.coming && online);
  say("list-age", listSentence(line), line.listStale || lacksList);
  const seconds = skewMs === null ? 0 : Math.round(skewMs / 1000);
  say(
    "clock",
    Math.abs(seconds) >= 2 ? fill(words.status.clock, { skew: seconds }) : "",
    line.clockOff,
  );
  say("lasting", lasting(line), true);
  part("lasting").dataset.stop = String(Boolean(line.stop));
  say("rehearsal", counts?.rehearsal ? words.status.rehearsal : "");
  if (counts) showCounts(counts);
}

/** @param {StatusReply} counts */
function showCounts({ gates, device, event }) {
  if (event) showEvent(event);
  const here = gates.find((gate) => gate.id === device.gate.id);
  say("admitted", here ? fill(words.status.admitted, { count: here.arrived }) : "");
}

/**
 * Show the scans that the server will never take.
 * @param {SetAsideRow[]} list
 * @param {string} timezone of the event
 */
export function showSetAside(list, timezone) {
  const items = list.map(({ scan, error }) => {
    const who = scan.badge_ref ? `${scan.badge_ref.slice(0, 8)}…` : scan.participant_id;
    const item = document.createElement("li");
    const which = document.createElement("span");
    which.append(localMoment(scan.scanned_at, timezone), " · ", isolated(String(who)));
    item.append(which, isolated(error, "small")); // in the server's own words
    return item;
  });
  part("aside-list").replaceChildren(...items);
}
