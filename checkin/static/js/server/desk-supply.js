// Keeps the list of people of a help desk up to date while the server answers.
import { Rejected } from "./line.js";

/** @import { HelpDesk } from "../offline/help-desk.js" */
/** @import { Line, StatusReply } from "./line.js" */

const NO_HELP_DESK = new Set(["not_a_help_desk", "search_not_allowed"]);
const ANSWERS_IN_A_ROUND = 10; // so that scans and leases do not wait

export class DeskSupply {
  /**
   * @param {Line} line
   * @param {HelpDesk} desk
   */
  constructor(line, desk) {
    this.line = line;
    this.desk = desk;
  }

  /**
   * Note whether the server calls this device a help desk; one that is none erases its list.
   * @param {StatusReply} counts
   */
  async noteStatus(counts) {
    const isOne = counts.device?.help_desk === true;
    if (!isOne && (this.desk.isOne || this.desk.holdsPeople)) await this.desk.wipe();
    this.desk.isOne = isOne;
  }

  /**
   * Tell whom this device has shown, take the key, and fetch the pages that are lacking; throws
   * ListRefused for a list that is not to be trusted.
   */
  async run() {
    if (!this.desk.isOne) return;
    await this.#tellShown();
    try {
      await this.#fetch(await this.desk.takeList(await this.line.peopleList()));
    } catch (fault) {
      if (!(fault instanceof Rejected)) throw fault;
      return this.#withoutKey(fault);
    }
    await this.desk.read();
  }

  /** @param {string[]} lacking */
  async #fetch(lacking) {
    let left = lacking;
    for (let answer = 0; answer < ANSWERS_IN_A_ROUND && left.length; answer += 1) {
      const pages = await this.line.peoplePages(left);
      if (!pages.length) return;
      await this.desk.takePages(pages);
      const here = new Set(pages.map(({ mark }) => mark));
      left = left.filter((mark) => !here.has(mark));
    }
  }

  /** @param {Rejected} refusal */
  async #withoutKey({ error }) {
    if (NO_HELP_DESK.has(error)) await this.desk.wipe();
    else this.desk.lock(); // while the doors are closed, or nobody stands here
  }

  async #tellShown() {
    for (let rows = this.desk.shown.untold(); rows.length; rows = this.desk.shown.untold()) {
      try {
        await this.line.tellShown(rows);
      } catch (fault) {
        if (!(fault instanceof Rejected)) throw fault; // what is refused is counted by nobody
      }
      await this.desk.shown.tell(rows);
    }
  }
}
