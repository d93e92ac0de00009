// What a volunteer asks the server for by hand: a name, an override, a walk-in, an undo. Nothing here is shown
// as done before the server said so; whom it does not answer for, a gate may let in by its lease, and a
// help desk by its own list.

import { NotFoundHere } from "../offline/help-desk.js";
import { StorageFault } from "../offline/store/storage.js";
import { newcomerNamed } from "../offline/walk-in.js";
import {
  AskedTooOften,
  Rejected,
  SearchBudget,
  TokenRefused,
  Unreachable,
} from "../server/line.js";
import { allWithin, field, part, within } from "../shared/elements.js";
import { shortName, wordOf } from "./cards/card-lines.js";
import { FoundPeople, written } from "./found-people.js";
import { printBadge } from "./print-badge.js";
import { bothNames, fill, words } from "./words.js";

/** @import { Delegation, Scan } from "../offline/scan.js" */
/** @import { Newcomer } from "../offline/walk-in.js" */
/** @import { Found, NewBadge } from "../server/line.js" */
/** @import { RecentScan } from "./cards/recent-scans.js" */
/** @import { Station } from "./station.js" */

const SHORTEST_SEARCH = 3;
const DUPLICATE = "possible_duplicate";
const NO_PINS = "no_pins";
const PIN_NEEDED = "pin_needed";

/** Shows the forms. */
export class Counter {
  /** @type {Newcomer | null} */
  #newcomer = null; // the walk-in that was asked for last: the same one while nothing is changed
  #typed = ""; // what it was made of
  #isMeant = false; // the server took it for a duplicate, and it was asked for again
  /** @type {HTMLFormElement | null} */
  #unsent = null; // the walk-in's form, while what was typed waits for the network: in memory only
  /** @type {Scan | null} */
  #forced = null; // the refused scan, as it will be sent with force
  /** @type {Scan | null} */
  #refused = null;
  /** @type {Scan | null} */
  #undone = null; // the scan that is taken back once somebody confirms it
  /** @type {Delegation[]} */
  #delegations = [];

  /** @type {FoundPeople} */
  #found;
  /** @type {FoundPeople} */
  #meant;
  #isForBadge = false; // who is found gets a new badge, and is not let in
  /** @type {Found | null} */
  #chosen = null; // whom a search has shown, while a supervisor's PIN is asked for

  /** @param {Station} station */
  constructor(station) {
    this.station = station;
    this.#found = new FoundPeople(part("found"), (person) => this.#choose(person));
    this.#meant = new FoundPeople(part("meant"), (person) => this.#choose(person));
    this.#answer("search", (form) => this.#search(form));
    this.#answer("walk-in", (form) => this.#walkIn(form));
    this.#answer("override", (form) => this.#override(form));
    this.#answer("undo-scan", async () => this.#undo());
    for (const button of allWithin(document, "dialog [data-close]")) {
      button.addEventListener("click", () => button.closest("dialog")?.close());
    }
  }

  openSearch() {
    this.#openSearch(words.desk.search_title);
    const isAnswered = this.station.isOnline || this.station.gate?.findsHere;
    say(formOf("search"), isAnswered ? "" : words.desk.search_offline);
  }

  /** Look for somebody whose badge is to be replaced; without the network they are let in instead. */
  openBadge() {
    if (!this.station.gate?.findsHere) return this.station.note(words.desk.no_help_desk);
    this.#openSearch(words.desk.badge_title);
    this.#isForBadge = true;
    askWhetherToTell(true);
    if (!this.station.isOnline) this.#admitInstead(formOf("search"));
  }

  /** @param {string} title */
  #openSearch(title) {
    this.#found.clear();
    this.station.bus.showFound([]);
    this.#choosing(null);
    this.#isForBadge = false;
    part("search-title").textContent = title;
    this.#open("search");
    askForPin(formOf("search"), false);
    askWhetherToTell(false);
  }

  /** @param {HTMLFormElement} form */
  #admitInstead(form) {
    this.#isForBadge = false;
    this.#chosen = null;
    askForPin(form, false);
    askWhetherToTell(false);
    part("search-title").textContent = words.desk.search_title;
    say(form, words.desk.badge_offline);
  }

  async openWalkIn() {
    const { gate } = this.station;
    if (!gate) return;
    this.#meant.clear();
    this.#open("walk-in");
    askForPin(formOf("walk-in"), false);
    await this.#guarded(formOf("walk-in"), async () => {
      const known = this.station.counts?.delegations ?? gate.delegations;
      const delegations = known.length ? known : (await gate.line.status()).delegations;
      const select = part("walk-in-delegation", HTMLSelectElement);
      const chosen = select.value;
      this.#delegations = delegations;
      select.replaceChildren(
        ...delegations.map((each) => new Option(written(each), String(each.id))),
      );
      if (chosen) select.value = chosen;
      this.#offerCategories();
    });
  }

  /** Of several categories none is chosen beforehand: whoever registers somebody says which. */
  #offerCategories() {
    const categories = this.station.counts?.device.categories ?? [];
    const select = part("walk-in-category", HTMLSelectElement);
    const chosen = select.value;
    const options = categories.map((each) => new Option(bothNames(each)[0], each.name));
    if (options.length > 1) options.unshift(new Option("…", ""));
    select.replaceChildren(...options);
    select.value = chosen || options[0]?.value || "";
    select.required = options.length > 1;
    within(formOf("walk-in"), "[data-category]").hidden = !categories.length;
  }

  /**
   * Ask for the PIN that lets in the person of a refused scan, and name them.
   * @param {RecentScan | undefined} refused
   */
  openOverride(refused) {
    if (this.station.counts?.device.overrides === false)
      return this.station.note(words.desk.no_pins);
    if (!refused) return this.station.note(words.desk.nothing_to_override);
    this.#refused = refused.verdict.scan;
    this.#forced = this.station.gate?.forcedScan(this.#refused) ?? null;
    part("override-whom").textContent = whoseScan(refused);
    this.#open("override");
  }

  /**
   * Ask whether a scan is to be taken back, and name whose it is.
   * @param {RecentScan | undefined} scan
   */
  openUndo(scan) {
    if (!scan) return this.station.note(words.desk.nothing_to_annul);
    this.#undone = scan.verdict.scan;
    part("undo-whom").textContent = whoseScan(scan);
    this.#open("undo-scan");
  }

  /** Forget what was typed: this browser may hold no name now. */
  forget() {
    this.#unsent = this.#newcomer = this.#undone = this.#refused = null;
    for (const form of allWithin(document, "dialog form", HTMLFormElement)) form.reset();
  }

  openHelp() {
    dialog("help").showModal();
  }

  openAside() {
    dialog("aside-dialog").showModal();
  }

  /**
   * Do something when a form is sent.
   * @param {string} id of its dialog
   * @param {(form: HTMLFormElement) => Promise<void>} work
   */
  #answer(id, work) {
    const form = formOf(id);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#guarded(form, () => work(form));
    });
  }

  /** @param {string} id */
  #open(id) {
    if (!this.station.gate) return;
    const form = formOf(id);
    if (form !== this.#unsent) form.reset();
    const offline = isWalkIn(form) ? words.desk.walk_in_offline : words.desk.needs_server;
    say(form, this.station.isOnline ? "" : offline);
    dialog(id).showModal();
  }

  /**
   * @param {HTMLFormElement} form
   * @param {() => Promise<void>} work
   */
  async #guarded(form, work) {
    const button = within(form, "button:not([type=button])", HTMLButtonElement);
    button.disabled = true;
    try {
      await work();
    } catch (fault) {
      if (fault instanceof SearchBudget) this.#askForBudget(form);
      say(form, sentenceOf(fault, form));
      if (!asksForPin(form)) return;
      field(form, "pin").value = "";
      if (fault instanceof Rejected && fault.status === 403) field(form, "pin").focus();
    } finally {
      button.disabled = false;
    }
  }

  /** @param {HTMLFormElement} form */
  #askForBudget(form) {
    this.#choosing(null);
    this.#found.clear();
    askForPin(form, true);
  }

  /** @param {HTMLFormElement} form */
  async #search(form) {
    const { gate } = this.station;
    const [name, pin] = ["name", "pin"].map((each) => field(form, each).value.trim());
    if (!gate) return;
    if (this.#chosen) return this.#serve(this.#chosen, pin);
    if (name.length < SHORTEST_SEARCH) return say(form, words.desk.three_letters);
    const found = await gate.search(name, pin);
    askForPin(form, false);
    const isBusAlone = found.buses.length && !found.people.length;
    say(form, isBusAlone ? "" : foundSentence(found.people.length, found.more, this.#isForBadge));
    this.#found.show(found.people, this.station.timezone);
    this.station.bus.showFound(found.buses);
    if (isBusAlone) within(part("found-buses"), "button").focus();
  }

  /**
   * Let somebody in who was found, or ask for the PIN that this takes.
   * @param {Found} person
   */
  #choose(person) {
    const form = formOf("search");
    if (!dialog("search").open) {
      dialog("walk-in").close();
      dialog("search").showModal();
      this.#found.show([person], this.station.timezone);
    }
    if (this.#needsPin && !this.#isForBadge) {
      return this.#askSupervisor(form, person, words.desk.pin_for_person);
    }
    this.#guarded(form, () => this.#serve(person, ""));
  }

  /**
   * @param {Found} person
   * @param {string} pin
   */
  async #serve(person, pin) {
    return this.#isForBadge ? this.#newBadge(person, pin) : this.#admit(person, pin);
  }

  /**
   * Replace and print somebody's badge, or say why not.
   * @param {Found} person
   * @param {string} pin
   */
  async #newBadge(person, pin) {
    const form = formOf("search");
    try {
      const tell = field(form, "tell").checked;
      const badge = await this.station.gate?.line.replaceBadge(person.id, pin, tell);
      dialog("search").close();
      if (!badge) return;
      this.station.note(
        fill(words.desk[replacedWord(tell, badge)], { name: bothNames(person)[0] }),
      );
      await printBadge(badge);
    } catch (fault) {
      const isAway = fault instanceof Unreachable && !(fault instanceof AskedTooOften);
      if (isAway) return this.#admitInstead(form);
      if (!(fault instanceof Rejected) || fault.error !== PIN_NEEDED) throw fault;
      this.#askSupervisor(form, person, words.desk.pin_for_badge);
    }
  }

  /**
   * Keep who is let in once a PIN is typed, and let the form's button say so.
   * @param {Found | null} person
   */
  #choosing(person) {
    this.#chosen = person;
    within(formOf("search"), "[data-searches]").hidden = person !== null;
    within(formOf("search"), "[data-admits]").hidden = person === null;
  }

  get #needsPin() {
    return this.station.counts?.device.without_badge === "supervisors";
  }

  /**
   * @param {HTMLFormElement} form
   * @param {Found} person
   * @param {string} sentence
   */
  #askSupervisor(form, person, sentence) {
    this.#choosing(person);
    this.#found.show([person], this.station.timezone);
    say(form, sentence);
    askForPin(form, true);
  }

  /**
   * @param {Found} person
   * @param {string} pin
   */
  async #admit(person, pin) {
    const verdict = await this.station.admitFound(person.id, pin).catch(unanswered);
    dialog("search").close();
    if (verdict) this.station.show(verdict);
  }

  /** @param {HTMLFormElement} form */
  async #walkIn(form) {
    const newcomer = this.#newcomerIn(form);
    if (!newcomer) return;
    try {
      const code = await this.#register(newcomer, field(form, "pin").value.trim());
      this.#admitted();
      this.station.read(code);
    } catch (fault) {
      this.#isMeant = isDuplicate(fault);
      if (this.#isMeant) this.#askWhoIsMeant(form, fault);
      // Who asked too often was answered: nobody is let in by the lease for it.
      if (!(fault instanceof Unreachable) || fault instanceof AskedTooOften) throw fault;
      askForPin(form, false);
      await this.#withoutServer(newcomer, form, fault);
    }
  }

  /**
   * Show who may be meant, each to be let in by a press; sent again, the form registers another one.
   * @param {HTMLFormElement} form
   * @param {unknown} fault
   */
  #askWhoIsMeant(form, fault) {
    askForPin(form, false);
    this.#meant.show(fault instanceof Rejected ? fault.participants : [], this.station.timezone);
  }

  /** @param {HTMLFormElement} form */
  #newcomerIn(form) {
    const typed = typedIn(form);
    const delegation = this.#delegations.find((each) => each.id === typed.delegationId);
    const key = JSON.stringify(typed);
    if (this.#typed !== key) {
      this.#newcomer = delegation ? newcomerNamed(typed.name, delegation, typed.more) : null;
      this.#typed = key;
      this.#isMeant = false;
      this.#meant.clear();
    }
    return this.#newcomer;
  }

  /**
   * @param {Newcomer} newcomer
   * @param {string} pin
   */
  async #register(newcomer, pin) {
    const { gate, isOnline } = this.station;
    if (!gate || !isOnline) throw new Unreachable("known to be offline");
    return gate.register(newcomer, this.#isMeant, pin);
  }

  /**
   * @param {Newcomer} newcomer
   * @param {HTMLFormElement} form
   * @param {Unreachable} fault
   */
  async #withoutServer(newcomer, form, fault) {
    const verdict = await this.station.gate?.admit(newcomer);
    if (verdict?.status !== "ok") {
      this.#unsent = form;
      throw fault;
    }
    this.#admitted();
    this.station.show(verdict);
  }

  #admitted() {
    this.#newcomer = this.#unsent = null;
    this.#typed = "";
    this.#isMeant = false;
    dialog("walk-in").close();
  }

  /** @param {HTMLFormElement} form */
  async #override(form) {
    const [pin, reason] = [field(form, "pin"), field(form, "reason")];
    const { gate } = this.station;
    if (!gate || !this.#forced) return;
    const verdict = await gate.override(this.#forced, reason.value.trim(), pin.value.trim());
    dialog("override").close();
    this.station.show({ ...verdict, overridden: this.#refused?.scan_id });
  }

  #undo() {
    dialog("undo-scan").close();
    if (this.#undone) this.station.gate?.courier.annul(this.#undone.scan_id);
  }
}

/** Nobody is let in without an answer; the same press again sends the same scan. */
class Unanswered extends Unreachable {}

/**
 * @param {unknown} fault
 * @returns {never}
 */
function unanswered(fault) {
  const answered = !(fault instanceof Unreachable) || fault instanceof AskedTooOften;
  throw answered ? fault : new Unanswered(fault.message);
}

/** @param {string} id */
const dialog = (id) => part(id, HTMLDialogElement);

/** @param {string} id of its dialog */
const formOf = (id) => part(`${id}-form`, HTMLFormElement);

/** @param {HTMLFormElement} form */
const isWalkIn = (form) => form.elements.namedItem("delegation") !== null;

/**
 * Return what a walk-in's form says of the person.
 * @param {HTMLFormElement} form
 */
function typedIn(form) {
  const [name, nameAr, phone] = ["name", "name_ar", "phone"].map((each) =>
    field(form, each).value.trim(),
  );
  const [delegation, category] = ["delegation", "category"].map(
    (each) => field(form, each, HTMLSelectElement).value,
  );
  return { name, delegationId: Number(delegation), more: { nameAr, phone, category } };
}

/** @param {HTMLFormElement} form */
const asksForPin = (form) => form.elements.namedItem("pin") !== null;

/**
 * Show the field for a supervisor's PIN in a form, or take it away with what was typed.
 * @param {HTMLFormElement} form
 * @param {boolean} isAsked
 */
function askForPin(form, isAsked) {
  const pin = field(form, "pin");
  within(form, "[data-pin]").hidden = !isAsked;
  pin.required = isAsked;
  pin.value = "";
  if (isAsked) pin.focus();
}

/**
 * Show the box by which a message with the new badge goes to the person, too, or take it away.
 * @param {boolean} isAsked
 */
function askWhetherToTell(isAsked) {
  within(formOf("search"), "[data-tell]").hidden = !isAsked;
}

/**
 * Return which sentence says what became of a replaced badge.
 * @param {boolean} tell whether a message was asked for
 * @param {NewBadge} badge
 */
function replacedWord(tell, { told = true }) {
  if (told) return "badge_replaced_told";
  return tell ? "badge_replaced_unreached" : "badge_replaced";
}

/**
 * @param {number} count
 * @param {number} more
 * @param {boolean} isForBadge
 */
function foundSentence(count, more, isForBadge) {
  const { found, found_for_badge, found_more, found_nobody } = words.desk;
  if (!count) return found_nobody;
  return fill(more ? found_more : isForBadge ? found_for_badge : found, { count, more });
}

/** @param {unknown} fault */
const isDuplicate = (fault) => fault instanceof Rejected && fault.error === DUPLICATE;

/**
 * @param {HTMLFormElement} form
 * @param {string} sentence
 */
function say(form, sentence) {
  const notice = within(form, "[role=alert]");
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

/**
 * @param {unknown} fault
 * @param {HTMLFormElement} form
 */
function sentenceOf(fault, form) {
  if (fault instanceof AskedTooOften) {
    const sentence = fault instanceof SearchBudget ? "search_budget" : "too_often";
    return fill(words.desk[sentence], { minutes: fault.minutes });
  }
  if (fault instanceof Unanswered) return words.desk.unanswered;
  if (fault instanceof Unreachable) {
    if (form === formOf("search")) return words.desk.search_offline;
    return isWalkIn(form) ? words.desk.walk_in_kept : words.desk.needs_server;
  }
  if (fault instanceof StorageFault) return words.faults[`storage_${fault.kind}`];
  if (fault instanceof TokenRefused) return words.pairing.revoked;
  if (fault instanceof NotFoundHere)
    return fill(words.desk[fault.code], { minutes: fault.minutes });
  if (!(fault instanceof Rejected)) throw fault;
  if (isDuplicate(fault)) return words.desk.possible_duplicate;
  if (fault.error === NO_PINS) return words.desk.no_pins;
  if (fault.error === "search_not_allowed") return words.desk.search_not_allowed;
  if (fault.error === "search_closed") return words.desk.search_closed;
  if (fault.status === 403 && asksForPin(form)) return words.desk.pin_refused;
  return fill(words.desk.rejected, { detail: fault.detail });
}

/**
 * Say whose a scan was: both names, and what was said to it.
 * @param {RecentScan} scan
 */
function whoseScan({ verdict, kind }) {
  const who = verdict.participant ? written(verdict.participant) : shortName(verdict);
  return `${who} · ${wordOf(verdict, kind)}`;
}
