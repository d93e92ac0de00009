// What a gate shows while nobody comes: whose gate it is, how the doors stand, and a practice badge.

import { doorsAt } from "../offline/days.js";
import { postedHours } from "../offline/local-facts.js";
import { newScan } from "../offline/scan.js";
import { part } from "../shared/elements.js";
import { bothNames, fill, localTime, words } from "./words.js";

/** @import { ListPolicy } from "../offline/list/gate-list.js" */
/** @import { Place } from "../offline/store/kept-values.js" */
/** @import { Verdict } from "../offline/scan.js" */

/**
 * How the gate stands.
 * @typedef {object} Standing
 * @property {Place} place
 * @property {ListPolicy | null} policy of the gate list; null before there is one
 * @property {number} now by the server's clock
 * @property {string} timezone
 */

const IDLE_AFTER_MS = 60_000;
const EVERY_MS = 5_000;
const MINUTE_MS = 60_000;
const EARLIER_MS = 20 * MINUTE_MS;

export class IdleScreen {
  #busyUntil = 0;
  #practised = 0;

  /** @param {() => Standing | null} standing null while no gate is open */
  constructor(standing) {
    this.standing = standing;
    setInterval(() => this.show(), EVERY_MS);
  }

  get isIdle() {
    return performance.now() >= this.#busyUntil;
  }

  /** A badge was read: the gate is at work for a while. */
  busy() {
    this.#busyUntil = performance.now() + IDLE_AFTER_MS;
    part("idle").hidden = true;
  }

  show() {
    const standing = this.standing();
    part("idle").hidden = !standing || !this.isIdle;
    if (!standing) return;
    const [name, other] = bothNames(standing.place);
    part("idle-gate").textContent = name;
    part("idle-gate-other").textContent = other;
    part("doors").textContent = doorsSentence(standing);
  }

  /**
   * Return the verdict of the next practice badge, or null while people come: it might be taken for
   * the verdict of whoever stands there.
   * @returns {Verdict | null}
   */
  practise() {
    const standing = this.standing();
    if (!standing || !this.isIdle || !words.practice?.length) return null;
    const row = words.practice[this.#practised++ % words.practice.length];
    const first = {
      at: new Date(standing.now - EARLIER_MS).toISOString(),
      gate: standing.place.name,
    };
    return {
      ...row,
      scan: newScan("", "entry", "typed", standing.now),
      first_admission: row.reason === "already_redeemed" ? first : null,
      rehearsal: true,
    };
  }
}

/** @param {Standing} standing */
function doorsSentence({ policy, place, now, timezone }) {
  if (!policy) return "";
  const { isOpen, until } = doorsAt(...postedHours(policy), now, {
    gate_id: place.id,
    category_id: null,
  });
  if (until === null) return isOpen ? words.idle.doors_open : words.idle.doors_closed;
  const time = localTime(new Date(until).toISOString(), timezone);
  if (isOpen) return fill(words.idle.doors_until, { time });
  return fill(words.idle.doors_in, { time, span: spanOf(until - now) });
}

/**
 * Write a span in minutes, hours or days, the largest unit that is exact enough.
 * @param {number} ms
 */
function spanOf(ms) {
  const count = Math.ceil(ms / MINUTE_MS);
  if (count < 100) return fill(words.idle.minutes, { count });
  const hours = Math.floor(count / 60);
  const minutes = String(count % 60).padStart(2, "0");
  if (hours < 48) return fill(words.idle.hours, { hours, minutes });
  return fill(words.idle.days, { count: Math.floor(hours / 24) });
}
