// What the card of a verdict says, line by line, in the order of the scanner's window.
// scanner/window/card_lines.py is the same rule.
import { stepOf } from "../../offline/next-step.js";
import {
  bothNames,
  fill,
  isArabic,
  language,
  localMoment,
  localTime,
  rowOf,
  words,
} from "../words.js";

/** @import { Delegation, Kind, Verdict } from "../../offline/scan.js" */
/** @import { Card } from "./recent-scans.js" */

const NO_BREAK = "\u00a0";

/**
 * The texts of a card by their part, from top to bottom; those that are empty are left out.
 * @typedef {Record<"rehearsal" | "word" | "wordMore" | "name" | "otherName" | "flags" | "sentence" | "act" | "first"
 *   | "again" | "belonging" | "arrived" | "offline", string>} Lines
 */

/**
 * @param {Card} card
 * @param {string} timezone of the event
 * @returns {Lines}
 */
export function linesOf({ verdict, kind, isSame }, timezone) {
  const { card } = words;
  const [name, otherName] = bothNames(verdict.participant);
  const time = localTime(verdict.scan.scanned_at, timezone);
  const [word, wordMore = ""] = wordOf(verdict, kind, isSame).split(" · ");
  return {
    rehearsal: verdict.rehearsal ? card.practice_badge : "",
    word,
    wordMore,
    name,
    otherName,
    flags: flagsOf(verdict),
    sentence: sentenceOf(verdict, kind),
    act: actOf(verdict, timezone),
    first: firstAdmission(verdict, timezone) || openingOf(verdict, timezone),
    again: isSame ? fill(card.shown_again, { time }) : "",
    belonging: belongingOf(verdict),
    arrived: arrivalsOf(verdict.delegation),
    offline: verdict.offline && verdict.status !== "ok" ? card.decided_offline : "",
  };
}

/**
 * Return the name by which a scan is listed: the person's, else the end of the code.
 * @param {Verdict} verdict
 */
export function shortName({ participant, scan }) {
  return bothNames(participant)[0] || `…${(scan.code ?? "").slice(-6)}`;
}

/**
 * Return the one word of a card.
 * @param {Verdict} verdict
 * @param {Kind} kind
 * @param {boolean} isSame
 */
export function wordOf(verdict, kind, isSame = false) {
  if (verdict.fault) return words.card.fault;
  if (isSame && verdict.status === "ok") return words.card.same_badge;
  if (kind === "ok") return words.card[verdict.scan.type === "exit" ? "left" : "admitted"];
  return words.card[kind];
}

/**
 * @param {Verdict} verdict
 * @param {Kind} kind
 */
function sentenceOf(verdict, kind) {
  const { card, faults } = words;
  const { fault, stop, reason, message = "" } = verdict;
  if (verdict.foreign) return card.not_ours;
  if (verdict.unconfirmed) return card.unconfirmed_sentence;
  if (fault) return fill(faults[fault.code], { ...fault });
  if (kind === "ok") return "";
  if (verdict.status === "ok") return verdict.participant ? card.pending_sentence : card.unchecked;
  return stop?.[language] ?? rowOf(reason)?.refused ?? message;
}

/**
 * Return a name or number that keeps its order within another script, and is never broken.
 * @param {string} name
 */
const whole = (name) => `\u2068${name.replaceAll(" ", NO_BREAK)}\u2069`;

/**
 * Return what a volunteer should know of the person, a line for each flag.
 * @param {Verdict} verdict
 */
function flagsOf({ flags = [] }) {
  return flags
    .map((flag) => {
      const sentence = (isArabic && flag.sentence_ar) || flag.sentence;
      return `${words.signs?.[flag.symbol] ?? ""} ${sentence}`.trim();
    })
    .join("\n");
}

/**
 * Return what the volunteer does with a refused person; "" where nobody is refused.
 * @param {Verdict} verdict
 * @param {string} timezone
 */
export function actOf({ reason, stop, next_step: step }, timezone) {
  const row = rowOf(reason);
  if (!row || stop) return "";
  const { act, gates, at, phone } = step && words.acts?.[step.act] ? step : stepOf(row);
  const said = fill(words.acts?.[act] ?? "", {
    gates: gates
      .map((gate) => bothNames(gate).filter(Boolean).map(whole).join(`${NO_BREAK}· `))
      .join(words.between_gates),
    time: at ? localMoment(at, timezone).replaceAll(" ", NO_BREAK) : "",
    phone: whole(phone ?? ""),
  });
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/**
 * @param {Verdict} verdict
 * @param {string} timezone
 */
function firstAdmission({ reason, first_admission: first }, timezone) {
  if (!reason || !first) return "";
  const time = localTime(first.at, timezone);
  const gate = (isArabic && first.gate_ar) || first.gate;
  return fill(words.card.first_admission, { time, gate });
}

/**
 * Say when the gate admits somebody whom it refuses for the time.
 * @param {Verdict} verdict
 * @param {string} timezone
 */
function openingOf({ opens_at: opensAt, next_step: step }, timezone) {
  if (!opensAt || step?.act === "come_back") return ""; // that act says it
  return fill(words.card.opens_at, { time: localMoment(opensAt, timezone) });
}

/** @param {Verdict} verdict */
function belongingOf({ participant, delegation }) {
  const category = (isArabic && participant?.category_ar) || participant?.category;
  const of = (isArabic && delegation?.name_ar) || delegation?.name;
  return [category, of].filter(Boolean).join(" · ");
}

/**
 * Say how many of a delegation have come; more than its places only by overrides.
 * @param {Delegation | null | undefined} delegation
 */
function arrivalsOf(delegation) {
  if (delegation?.quota === undefined) return "";
  const { arrived = 0, quota } = delegation;
  return fill(arrived > quota ? words.card.arrived_over : words.card.arrived, { arrived, quota });
}
