// What the card says at a gate that nobody stands at: the visitor reads it, and so do those behind them.
// Both scripts, the first name and an initial, and of a refusal only where to go.
import { fill, localMoment, words } from "../words.js";

/** @import { Kind, Verdict } from "../../offline/scan.js" */
/** @import { Lines } from "./card-lines.js" */
/** @import { Card } from "./recent-scans.js" */

const ARTICLE = /^ال(?=.)/u;

/**
 * Return a name as strangers may read it: the first word, and the first letter of the last one.
 * @param {string | null | undefined} name
 */
export function shortened(name) {
  const said = (name ?? "").trim().split(/\s+/);
  const last = said.length > 1 ? (said.at(-1) ?? "") : "";
  const [initial = ""] = last.replace(ARTICLE, "");
  return initial ? `${said[0]} ${initial}.` : said[0];
}

/**
 * @param {Card} card
 * @param {string} timezone of the event
 * @returns {Lines}
 */
export function kioskLinesOf({ verdict, kind }, timezone) {
  const { kiosk } = words;
  const enters = kind === "ok" || kind === "pending";
  const { name, name_ar } = verdict.participant ?? {};
  return {
    rehearsal: verdict.rehearsal ? words.card.practice_badge : "",
    word: kiosk[wordOf(verdict, kind)],
    wordMore: "",
    name: enters ? shortened(name) : "",
    otherName: enters ? shortened(name_ar) : "",
    sentence: enters ? "" : kiosk[stepOf(verdict, kind)],
    flags: "",
    act: "",
    first: opening(verdict, timezone),
    again: "",
    belonging: "",
    arrived: "",
    offline: "",
  };
}

/**
 * @param {Verdict} verdict
 * @param {Kind} kind
 */
function wordOf({ reason }, kind) {
  if (kind === "ok" || kind === "pending") return "welcome";
  if (kind === "unconfirmed") return "wait";
  return reason === "invalid_time" ? "closed" : "sorry";
}

/**
 * @param {Verdict} verdict
 * @param {Kind} kind
 */
function stepOf({ opens_at: opensAt, stop }, kind) {
  if (kind === "unconfirmed") return "wait_step";
  if (stop) return "wait";
  return opensAt ? "come_again" : "help_desk";
}

/**
 * @param {Verdict} verdict
 * @param {string} timezone
 */
function opening({ opens_at: opensAt, stop }, timezone) {
  if (stop) return [stop.fr, stop.ar].filter(Boolean).join("\n");
  if (!opensAt) return "";
  const time = localMoment(opensAt, timezone);
  return fill(words.kiosk.opens_at, { time });
}
