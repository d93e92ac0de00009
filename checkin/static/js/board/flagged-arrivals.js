// A page that flags name: it is told of arrivals by server-sent events, and the newest stands on top.

import { allWithin, part, within } from "../shared/elements.js";
import { fill, localClock } from "./board-writing.js";
import { watchCounts } from "./counts-line.js";

/** @import { CountsState } from "./counts-line.js" */

/**
 * @typedef {object} Flag
 * @property {string} sign
 * @property {string} sentence
 * @property {string | null} sentence_ar
 * @property {string | null} page
 */

/**
 * @typedef {object} Arrival
 * @property {number} id
 * @property {string} name
 * @property {string | null} name_ar
 * @property {string} delegation
 * @property {string | null} delegation_ar
 * @property {string} gate
 * @property {string | null} gate_ar
 * @property {string} at
 * @property {string | null} told_at when the gate told it, if that was long after
 * @property {Flag[]} flags
 */

const list = part("arrivals");
const template = part("arrival", HTMLTemplateElement);
const words = JSON.parse(part("flagged-words").textContent);
const isArabic = document.documentElement.lang.startsWith("ar");
const localTime = localClock(Number(list.dataset.offsetS));
const { page = "" } = list.dataset;
/** @type {Set<number> | null} */
let seen = null; // those that were there when the page was looked at last

/**
 * Return a text in the reader's script, or in the only one that there is.
 * @param {string} latin
 * @param {string | null} arabic
 */
const forReader = (latin, arabic) => (isArabic && arabic) || latin || arabic || "";

/** @param {Arrival} arrival */
function itemOf(arrival) {
  const item = within(document.importNode(template.content, true), ".flagged");
  const here = arrival.flags.filter((flag) => flag.page === page);
  const said = here.map((flag) => `${flag.sign} ${forReader(flag.sentence, flag.sentence_ar)}`);
  const [at, toldAt] = [localTime(arrival.at), localTime(arrival.told_at)];
  /** @type {Record<string, string>} */
  const texts = {
    flags: said.join(" · "),
    name: forReader(arrival.name, arrival.name_ar),
    other: arrival.name && arrival.name_ar ? (isArabic ? arrival.name : arrival.name_ar) : "",
    delegation: forReader(arrival.delegation, arrival.delegation_ar),
    gate: forReader(arrival.gate, arrival.gate_ar),
    time: at,
    late: arrival.told_at ? fill(words.late, { at, told_at: toldAt }) : "",
  };
  for (const place of allWithin(item, "[data-part]")) {
    const text = texts[place.dataset.part ?? ""] ?? "";
    place.textContent = text;
    place.hidden = !text;
  }
  return item;
}

/** @param {{arrivals: Arrival[]}} body */
function show({ arrivals }) {
  const here = arrivals.filter(({ flags }) => flags.some((flag) => flag.page === page));
  list.replaceChildren(...here.map(itemOf));
  part("nobody").hidden = here.length > 0;
  seen ??= new Set(here.map(({ id }) => id));
  if (!document.hidden) for (const { id } of here) seen.add(id);
  const unseen = here.filter(({ id }) => !seen?.has(id)).length;
  document.title = unseen ? fill(words.new, { count: String(unseen), page }) : page;
}

/**
 * @param {CountsState} name
 * @param {number} [since]
 */
function say(name, since) {
  const state = part("state");
  state.dataset.state = name === "never" || name === "signed_out" ? "stale" : name;
  const sentence = fill(words.state[name], { time: since ? localTime(since) : "" });
  if (state.textContent !== sentence) state.textContent = sentence;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  seen = null; // whoever looks has seen them all
  document.title = page;
});
show(JSON.parse(part("flagged-body").textContent));
const { live = "", counts = "" } = list.dataset;
watchCounts({ live, counts, event: "flagged", holds: "arrivals", show, say });
