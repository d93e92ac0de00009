// Verdicts on the screen: the newest on the big card, the last five in the list beside the camera.
import { part } from "../../shared/elements.js";
import { rowOf } from "../words.js";
import { linesOf, shortName, wordOf } from "./card-lines.js";
import { kioskLinesOf } from "./kiosk-card.js";
import { RecentList } from "./recent-list.js";
import { RecentScans } from "./recent-scans.js";
import { VerdictCards } from "./verdict-cards.js";

/** @import { Verdict } from "../../offline/scan.js" */
/** @import { Actions } from "./recent-list.js" */

export class Verdicts {
  recent = new RecentScans(rowOf);
  #timezone = "UTC";

  /** @param {Actions} actions */
  constructor(actions) {
    const cards = part("verdicts");
    this.cards = new VerdictCards(cards, part("verdict-card", HTMLTemplateElement));
    this.list = new RecentList(part("recent"), part("recent-scan", HTMLTemplateElement), actions);
    cards.addEventListener("click", () => this.dismiss());
    setInterval(() => {
      if (this.recent.expire(performance.now())) this.#draw();
    }, 200);
  }

  /**
   * Show a verdict, and return its kind. The answer for somebody after whom others came is not on the
   * card: `late` is what to say of it.
   * @param {Verdict} verdict
   * @param {string} timezone of the event
   * @param {number | null} party
   */
  show(verdict, timezone, party = null) {
    this.#timezone = timezone;
    if (verdict.overridden) this.recent.remove(verdict.overridden);
    const kind = this.recent.add(verdict, performance.now(), party);
    this.#draw();
    const isSeen = this.recent.cards.some((card) => card.verdict === verdict);
    return { kind, late: isSeen ? "" : `${shortName(verdict)} · ${wordOf(verdict, kind)}` };
  }

  /**
   * Show that a badge which had its verdict a moment ago was shown again; return the card's kind.
   * @param {string} code
   */
  showAgain(code) {
    const kind = this.recent.showAgain(code, performance.now());
    this.#draw();
    return kind;
  }

  /**
   * Show a code that is none of ours.
   * @param {Verdict} verdict
   */
  showForeign(verdict) {
    this.recent.showForeign(verdict);
    this.#draw();
  }

  /**
   * Mark a scan that was taken back, and return it.
   * @param {string} scanId
   */
  undo(scanId) {
    const scan = this.recent.undo(scanId);
    this.#draw();
    return scan;
  }

  /**
   * Write cards for visitors, who read them themselves, or for a volunteer.
   * @param {boolean} isForVisitors
   */
  forVisitors(isForVisitors) {
    this.cards.linesOf = isForVisitors ? kioskLinesOf : linesOf;
    this.dismiss();
  }

  /** Take away the card. */
  dismiss() {
    this.recent.dismiss();
    this.#draw();
  }

  /** Forget every scan. */
  clear() {
    this.recent.clear();
    this.#draw();
  }

  #draw() {
    part("station").dataset.card = String(this.recent.cards.length > 0);
    this.cards.draw(this.recent.cards, this.#timezone);
    this.list.draw(this.recent, this.#timezone);
  }
}
