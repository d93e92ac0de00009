// The people whom a search shows: told apart from others of the same name, and each to be let in by a press.
import { allWithin } from "../shared/elements.js";
import { bothNames, fill, isArabic, localTime, words } from "./words.js";

/** @import { Named } from "../offline/scan.js" */
/** @import { Found } from "../server/line.js" */

/** A list of people of whom one is chosen, by a press, or by the arrows and Enter. */
export class FoundPeople {
  /**
   * @param {HTMLElement} list
   * @param {(person: Found) => void} onChosen
   */
  constructor(list, onChosen) {
    this.list = list;
    this.onChosen = onChosen;
    list.addEventListener("keydown", (event) => this.#moved(event));
  }

  /**
   * Show people, and make the first one the one that Enter chooses.
   * @param {Found[]} people
   * @param {string} timezone
   */
  show(people, timezone) {
    this.list.replaceChildren(...people.map((person) => this.#item(person, timezone)));
    this.#buttons[0]?.focus();
  }

  clear() {
    this.list.replaceChildren();
  }

  get #buttons() {
    return allWithin(this.list, "button");
  }

  /** @param {KeyboardEvent} event */
  #moved(event) {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault(); // else the list scrolls under the mark
    const buttons = this.#buttons;
    const at = buttons.findIndex((button) => button.matches(":focus"));
    buttons[Math.max(0, Math.min(at + step, buttons.length - 1))]?.focus();
  }

  /**
   * @param {Found} person
   * @param {string} timezone
   */
  #item(person, timezone) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.append(
      line("b", bothNames(person).filter(Boolean)),
      line("span", [stateOf(person, timezone)], "found-state"),
      line("span", detailsOf(person), "found-details"),
    );
    button.addEventListener("click", () => this.onChosen(person));
    item.append(button);
    return item;
  }
}

/** @type {Record<string, number | undefined>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

/**
 * Return a name in both scripts, the reader's first.
 * @param {Named} named
 */
export const written = (named) => bothNames(named).filter(Boolean).join(" · ");

/**
 * Return an element with these texts, each in its own direction.
 * @param {string} kind
 * @param {string[]} texts
 * @param {string} [style]
 */
function line(kind, texts, style = "") {
  const element = document.createElement(kind);
  element.className = style;
  const parts = texts.map((text) => {
    const part = document.createElement("bdi");
    part.textContent = text;
    return part;
  });
  element.append(...parts.flatMap((part, at) => (at ? [" · ", part] : [part])));
  return element;
}

/** @param {Found} person */
function detailsOf(person) {
  const { delegation, category, category_ar: categoryAr, bus, phone_ending: ending } = person;
  const phone = ending && fill(words.desk.phone_ending, { digits: ending });
  const known = [bothNames(delegation)[0], (isArabic && categoryAr) || category, bus, phone];
  return known.flatMap((text) => text || []);
}

/**
 * @param {Found} person
 * @param {string} timezone
 */
function stateOf({ arrived_at: at, blocked, status }, timezone) {
  const standing = words.desk.standings[status] ?? status;
  const came = at ? fill(words.desk.came_at, { time: localTime(at, timezone) }) : standing;
  return blocked ? `${came} · ■ ${words.desk.blocked}` : came;
}
