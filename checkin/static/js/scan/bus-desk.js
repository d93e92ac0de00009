// The list of a bus on the screen: who is missing is taken out, one key lets the others in, and the result
// says what became of each. The scanner's window has the same keys.
import { BusList, summedUp } from "../offline/bus.js";
import { NotFoundHere } from "../offline/help-desk.js";
import { kindOf } from "../offline/scan.js";
import { StorageFault } from "../offline/store/storage.js";
import { faultOf } from "../server/courier.js";
import { AskedTooOften, Rejected, SearchBudget, Unreachable } from "../server/line.js";
import { field, part } from "../shared/elements.js";
import { actOf } from "./cards/card-lines.js";
import { meantKey, placeOfKey } from "./keys/code-meant.js";
import { signal } from "./sounds.js";
import { bothNames, fill, rowOf, words } from "./words.js";

/** @import { Listed, OpenedBus } from "../offline/bus.js" */
/** @import { Verdict } from "../offline/scan.js" */
/** @import { BusKey, FoundBus } from "../server/line.js" */
/** @import { Station } from "./station.js" */

export class BusDesk {
  /** @type {BusList | null} */
  #bus = null;
  /** @type {BusKey | null} */
  #key = null;
  /** @type {string[]} */
  #letIn = []; // ids of the scans that let somebody in: what an undo takes back
  #isAsked = false; // whether to undo: once more does it

  /** @param {Station} station */
  constructor(station) {
    this.station = station;
    this.dialog = part("bus", HTMLDialogElement);
    this.form = part("bus-form", HTMLFormElement);
    this.people = part("bus-people");
    this.form.addEventListener("submit", (event) => this.#submitted(event));
    field(this.form, "find").addEventListener("input", () => this.#find());
    this.dialog.addEventListener("keydown", (event) => this.#pressed(event));
    this.people.addEventListener("click", (event) => this.#touched(event));
    part("bus-undo").addEventListener("click", () => this.#undo());
  }

  /**
   * Open the list that a leader's badge opens: after the verdict of their own scan.
   * @param {Verdict} verdict
   */
  async heard({ scan, status, reason, rehearsal }) {
    const { gate, kiosk } = this.station;
    if (kiosk.isOn) return; // nobody stands there whom the names concern
    const passes = status === "ok" || rowOf(reason)?.face === "already";
    if (!gate || !scan.code || scan.type !== "entry" || rehearsal || !passes) return;
    if (!(await gate.offline.leadsBus(scan.code))) return;
    const key = { code: scan.code };
    try {
      this.open(await gate.openBus(key), key);
    } catch (fault) {
      if (!(fault instanceof Unreachable || fault instanceof Rejected)) throw fault;
      this.station.note(words.bus.bus_not_opened);
    }
  }

  /**
   * Show a list that was opened.
   * @param {OpenedBus} opened
   * @param {BusKey} key what opened it
   */
  open(opened, key) {
    if (document.querySelector("dialog[open]:not(#bus)")) return; // it is answered before
    this.#bus = new BusList(opened);
    this.#key = key;
    this.#letIn = [];
    this.#isAsked = false;
    this.form.reset();
    this.#show(opened.bus.name);
    this.#say("");
    this.#draw();
    field(this.form, "find").focus();
  }

  /**
   * Offer the buses that a search has found; a press opens the list of one.
   * @param {FoundBus[]} buses
   */
  showFound(buses) {
    part("found-buses").replaceChildren(...buses.map((bus) => this.#foundItem(bus)));
  }

  /** @param {FoundBus} bus */
  #foundItem(bus) {
    const [item, button] = [document.createElement("li"), document.createElement("button")];
    button.type = "button";
    button.className = "button button-plain";
    button.dir = "auto";
    const [delegation] = bothNames({ name: bus.delegation, name_ar: bus.delegation_ar });
    const said = fill(words.bus.bus_found, { name: bus.name, count: bus.passengers });
    button.textContent = `${said} · ${delegation}`;
    button.addEventListener("click", () => this.#openFound(bus));
    item.append(button);
    return item;
  }

  /** @param {FoundBus} bus */
  async #openFound({ id, name }) {
    part("search", HTMLDialogElement).close();
    const key = { bus_id: id };
    try {
      const opened = await this.station.gate?.openBus(key);
      if (opened) this.open(opened, key);
    } catch (fault) {
      if (fault instanceof SearchBudget) return this.#askForBudget(name, key, fault);
      if (fault instanceof NotFoundHere || fault instanceof StorageFault)
        return this.station.note(sentenceOf(fault));
      if (!(fault instanceof Unreachable || fault instanceof Rejected)) throw fault;
      this.station.note(words.bus.bus_not_opened);
    }
  }

  /**
   * Ask for the PIN that shows this device a whole bus more.
   * @param {string} name
   * @param {BusKey} key
   * @param {SearchBudget} fault
   */
  #askForBudget(name, key, fault) {
    this.#bus = null;
    this.#key = key;
    this.form.reset();
    this.people.replaceChildren();
    part("bus-let-in").textContent = words.bus.bus_open;
    this.#show(name, true);
    this.#say(sentenceOf(fault));
    field(this.form, "pin").focus();
  }

  /**
   * @param {string} name of the bus
   * @param {boolean} asksForPin
   */
  #show(name, asksForPin = this.station.needsPinWithoutBadge) {
    part("bus-pin-field").hidden = !asksForPin;
    field(this.form, "pin").required = asksForPin;
    part("bus-title").textContent = fill(words.bus.bus_title, { name });
    this.form.hidden = false;
    part("bus-result").hidden = true;
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** Forget the list: this browser may hold no name now. */
  forget() {
    this.#bus = null;
    this.people.replaceChildren();
    part("bus-refused").replaceChildren();
    if (this.dialog.open) this.dialog.close();
  }

  #find() {
    this.#bus?.find(field(this.form, "find").value);
    if (this.#bus) this.#say("");
    this.#draw();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.target === field(this.form, "pin") && !event.key.startsWith("Arrow")) return;
    if (event.key === "Enter" && event.target === field(this.form, "find") && this.#keepsOut()) {
      return event.preventDefault();
    }
    const act = this.form.hidden ? RESULT_KEYS[letterOf(event)] : LIST_KEYS[event.key];
    if (!act || !this.#bus) return;
    if (act === "toggle" && this.#bus.spaceGoesOn) return; // it is written
    event.preventDefault();
    if (act === "undo") return this.#undo();
    if (act === "toggle") this.#toggle();
    else this.#bus.move(act === "down" ? 1 : -1);
    this.#draw();
  }

  /** Say why Enter lets nobody in while letters stand there: a badge may have typed its code. */
  #keepsOut() {
    const find = field(this.form, "find");
    if (!this.#bus || !find.value.trim()) return false;
    if (!this.#bus.shown.length) {
      find.value = "";
      this.#find();
    }
    this.#say(words.bus.bus_letters);
    return true;
  }

  /** @param {Event} event */
  #touched(event) {
    const item = event.target instanceof Element ? event.target.closest("[data-place]") : null;
    if (!(item instanceof HTMLElement)) return;
    this.#toggle(Number(item.dataset.place));
    this.#draw();
  }

  /** @param {number | null} [place] */
  #toggle(place) {
    this.#bus?.toggle(place);
    field(this.form, "find").value = "";
  }

  #draw() {
    const bus = this.#bus;
    if (!bus) return;
    const { marked } = bus;
    this.people.replaceChildren(...bus.shown.map((place) => rowOfPerson(bus, place, marked)));
    this.people.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    part("bus-let-in").textContent = fill(words.bus.bus_let_in, { count: bus.tickedCount });
  }

  /** @param {Event} event */
  async #submitted(event) {
    event.preventDefault();
    const button = part("bus-let-in", HTMLButtonElement);
    if (button.disabled) return;
    button.disabled = true;
    try {
      await this.#admit();
    } catch (fault) {
      this.#say(sentenceOf(fault));
    } finally {
      button.disabled = false;
    }
  }

  async #admit() {
    const [bus, { gate }] = [this.#bus, this.station];
    const pin = field(this.form, "pin").value.trim();
    if (!gate || !this.#key) return;
    if (!bus) return this.open(await gate.openBus(this.#key, pin), this.#key);
    if (pin) await gate.openBus(this.#key, pin); // the server checks the PIN first
    const scans = bus.scans(gate.clock.now(), pin);
    const verdicts = await gate.admitBus(scans, (done) =>
      this.#say(fill(words.bus.bus_going, { done, count: scans.length })),
    );
    if (this.#bus === bus) this.#showResult(bus, verdicts);
  }

  /**
   * @param {BusList} bus
   * @param {Verdict[]} verdicts
   */
  #showResult(bus, verdicts) {
    const kinds = verdicts.map((verdict) => kindOf(verdict, rowOf(verdict.reason)));
    const { letIn, already, refused } = summedUp(kinds, bus.inBefore);
    const isIn = (/** @type {number} */ place) =>
      kinds[place] === "ok" || kinds[place] === "pending";
    this.#letIn = verdicts.filter((_, place) => isIn(place)).map(({ scan }) => scan.scan_id);
    part("bus-counts").textContent = fill(words.bus.bus_result, {
      let_in: letIn,
      already,
      refused: refused.length,
    });
    const items = refused.map((place) => refusedItem(verdicts[place], this.station.timezone));
    part("bus-refused").replaceChildren(...items);
    part("bus-undo").hidden = !letIn;
    this.form.hidden = true;
    part("bus-result").hidden = false;
    part("bus-done", HTMLButtonElement).focus();
    this.#say("");
    signal(refused.length ? "refused" : letIn ? "ok" : "already");
  }

  async #undo() {
    const [{ gate }, ids] = [this.station, this.#letIn];
    if (!gate || !ids.length) return;
    if (!this.#isAsked) {
      this.#isAsked = true;
      return this.#say(fill(words.bus.bus_undo_again, { count: ids.length }));
    }
    this.#isAsked = false;
    try {
      const count = await gate.courier.annulBus(ids);
      part("bus-undo").hidden = true;
      this.#letIn = [];
      this.#say(fill(words.bus.bus_undone, { count, all: ids.length }));
    } catch (fault) {
      if (!(fault instanceof Unreachable || fault instanceof Rejected)) throw fault;
      this.#say(words.bus.bus_undo_offline);
    }
  }

  /** @param {string} sentence */
  #say(sentence) {
    part("bus-notice").textContent = sentence;
    part("bus-notice").hidden = !sentence;
  }
}

/** @type {Record<string, "up" | "down" | "toggle">} */
const LIST_KEYS = { ArrowUp: "up", ArrowDown: "down", " ": "toggle" };
/** @type {Record<string, "undo">} */
const RESULT_KEYS = { Z: "undo" };

/**
 * The letter that a key stands for as a command.
 * @param {KeyboardEvent} event
 */
const letterOf = ({ key, code }) => meantKey(key, placeOfKey(code)).toUpperCase();

/**
 * @param {BusList} bus
 * @param {number} place
 * @param {number | null} marked
 */
function rowOfPerson(bus, place, marked) {
  const person = bus.people[place];
  const state = person.arrived_at ? "is_in" : bus.isTicked(place) ? "here" : "missing";
  const item = document.createElement("li");
  item.dataset.place = String(place);
  item.dataset.state = state;
  if (place === marked) item.setAttribute("aria-current", "true");
  const [mark, name, said] = ["span", "b", "span"].map((tag) => document.createElement(tag));
  mark.textContent = MARKS[state];
  mark.setAttribute("aria-hidden", "true");
  name.textContent = nameOf(person);
  name.dir = "auto";
  said.textContent = words.bus[`bus_${state}`];
  item.append(mark, name, said);
  return item;
}

const MARKS = { is_in: "↺", here: "✓", missing: "–" };

/**
 * @param {Verdict} verdict
 * @param {string} timezone
 */
function refusedItem(verdict, timezone) {
  const item = document.createElement("li");
  const [name, why] = ["b", "span"].map((tag) => document.createElement(tag));
  name.textContent = verdict.participant
    ? bothNames(verdict.participant).filter(Boolean).join(" · ")
    : "";
  name.dir = "auto";
  why.textContent = [reasonOf(verdict), actOf(verdict, timezone)].filter(Boolean).join(" · ");
  item.append(name, why);
  return item;
}

/** @param {unknown} fault */
function sentenceOf(fault) {
  if (fault instanceof Rejected && fault.status === 403) return words.desk.pin_refused;
  if (fault instanceof SearchBudget)
    return fill(words.desk.search_budget, { minutes: fault.minutes });
  if (fault instanceof AskedTooOften) return fill(words.desk.too_often, { minutes: fault.minutes });
  if (fault instanceof Unreachable) return words.desk.needs_server;
  if (fault instanceof NotFoundHere)
    return fill(words.desk[fault.code], { minutes: fault.minutes });
  const { code, detail } = faultOf(fault);
  return fill(words.faults[code] ?? words.faults.unexpected, { detail });
}

/** @param {Verdict} verdict */
function reasonOf({ reason, message, fault, unconfirmed }) {
  if (fault) return fill(words.faults[fault.code] ?? words.faults.unexpected, { ...fault });
  if (unconfirmed) return words.card.unconfirmed;
  return rowOf(reason)?.refused ?? message ?? "";
}

/** @param {Listed} person */
const nameOf = ({ participant }) => bothNames(participant).filter(Boolean).join(" · ");
