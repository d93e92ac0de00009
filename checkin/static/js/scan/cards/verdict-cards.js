// The big card: colour, shape, word and name, readable at two metres. Badges that were held up together
// have a card each, side by side.
import { allWithin, within } from "../../shared/elements.js";
import { isArabic, language } from "../words.js";
import { linesOf } from "./card-lines.js";

/** @import { Lines } from "./card-lines.js" */
/** @import { Card } from "./recent-scans.js" */

const SMALLEST = 0.35;
const SMALLER_BY = 0.05;

export class VerdictCards {
  /** What a card says, line by line. */
  linesOf = linesOf;
  /** @type {readonly Card[]} */
  #shown = [];

  /**
   * @param {HTMLElement} section where cards are put
   * @param {HTMLTemplateElement} template what one is made of
   */
  constructor(section, template) {
    this.section = section;
    this.template = template;
    new ResizeObserver(() => this.#fit()).observe(section);
  }

  /**
   * Draw these cards, which may be none.
   * @param {readonly Card[]} cards
   * @param {string} timezone of the event
   */
  draw(cards, timezone) {
    if (cards === this.#shown) return;
    this.#shown = cards;
    this.section.hidden = !cards.length;
    this.section.dataset.tiles = String(cards.length);
    this.section.replaceChildren(...cards.map((card) => this.#element(card, timezone)));
    this.#fit();
  }

  /**
   * @param {Card} card
   * @param {string} timezone
   */
  #element(card, timezone) {
    const element = within(document.importNode(this.template.content, true), ".verdict");
    const lines = this.linesOf(card, timezone);
    element.dataset.kind = card.kind;
    element.dataset.rehearsal = String(Boolean(lines.rehearsal));
    for (const part of allWithin(element, "[data-part]")) {
      const text = lines[/** @type {keyof Lines} */ (part.dataset.part)];
      part.textContent = text;
      part.hidden = !text;
      if (part.dir === "auto") part.lang = languageOf(text);
    }
    return element;
  }

  /** Write as large as everything fits. */
  #fit() {
    for (const card of allWithin(this.section, ".verdict")) {
      const text = within(card, ".verdict-text");
      let scale = 1;
      const set = () => text.style.setProperty("--scale", String(scale));
      for (set(); scale > SMALLEST && card.scrollHeight > card.clientHeight; set()) {
        scale -= SMALLER_BY;
      }
    }
  }
}

/**
 * The language of a name by its letters, for voices that read the page.
 * @param {string} name
 */
export function languageOf(name) {
  if (/\p{Script=Arabic}/u.test(name)) return "ar";
  return isArabic ? "fr" : language;
}
