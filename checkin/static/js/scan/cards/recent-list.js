// The last scans beside the camera, the newest first: colour, shape, name, time, and what may be done.
import { within } from "../../shared/elements.js";
import { localTime, words } from "../words.js";
import { shortName } from "./card-lines.js";
import { mayBeUndone } from "./recent-scans.js";
import { languageOf } from "./verdict-cards.js";

/** @import { RecentScan, RecentScans } from "./recent-scans.js" */

/**
 * What is done when somebody presses a scan.
 * @typedef {object} Actions
 * @property {(scan: RecentScan) => void} undo
 * @property {(scan: RecentScan) => void} override
 */

export class RecentList {
  /**
   * @param {HTMLElement} list where scans are put
   * @param {HTMLTemplateElement} template what one is made of
   * @param {Actions} actions
   */
  constructor(list, template, actions) {
    this.list = list;
    this.template = template;
    this.actions = actions;
  }

  /**
   * @param {RecentScans} recent
   * @param {string} timezone of the event
   */
  draw(recent, timezone) {
    this.list.replaceChildren(
      ...recent.listed.map((scan) => this.#item(scan, this.#actionOf(scan, recent), timezone)),
    );
  }

  /**
   * @param {RecentScan} scan
   * @param {RecentScans} recent
   */
  #actionOf(scan, recent) {
    if (mayBeUndone(scan)) return "undo";
    return recent.mayBeOverridden(scan) ? "override" : null;
  }

  /**
   * @param {RecentScan} scan
   * @param {"undo" | "override" | null} action
   * @param {string} timezone
   */
  #item(scan, action, timezone) {
    const item = within(document.importNode(this.template.content, true), "li");
    const button = within(item, "button", HTMLButtonElement);
    const name = within(item, "[data-part=name]");
    item.dataset.kind = scan.kind;
    item.dataset.undone = String(scan.isUndone);
    name.textContent = shortName(scan.verdict);
    name.lang = languageOf(name.textContent);
    within(item, "[data-part=time]").textContent = localTime(
      scan.verdict.scan.scanned_at,
      timezone,
    );
    within(item, "[data-part=action]").textContent = scan.isUndone
      ? words.card.undone
      : action && words.card[action];
    button.disabled = action === null;
    if (action) button.addEventListener("click", () => this.actions[action](scan));
    return item;
  }
}
