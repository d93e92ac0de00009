// What a volunteer asks the server for by hand: a name, an override, a walk-in, an undo. Nothing here is shown
// as done before the server said so; whom it does not answer for, a gate may let in by its lease.

import { StorageFault } from "../offline/storage.js";
import { newcomerNamed } from "../offline/walk-in.js";
import { AskedTooOften, Rejected, TokenRefused, Unreachable } from "../server/line.js";
import { allWithin, field, part, within } from "../shared/elements.js";
import { bothNames, fill, words } from "./words.js";

/** @import { Delegation, Named, Scan, Verdict } from "../offline/scan.js" */
/** @import { Newcomer } from "../offline/walk-in.js" */
/** @import { Found } from "../server/line.js" */
/** @import { Station } from "./station.js" */

const SHORTEST_SEARCH = 3;
const DUPLICATE = "possible_duplicate";
const NO_PINS = "no_pins";

/** Shows the forms. */
export class Counter {
  /** @type {Newcomer | null} */
  #newcomer = null; // the walk-in that was asked for last: the same one while nothing is changed
  #isMeant = false; // the server took it for a duplicate, and it was asked for again
  /** @type {HTMLFormElement | null} */
  #unsent = null; // the walk-in's form, while what was typed waits for the network: in memory only
  /** @type {Scan | null} */
  #forced = null; // the refused scan, as it will be sent with force
  /** @type {Verdict | null} */
  #undone = null; // the scan that is taken back once somebody confirms it
  /** @type {Delegation[]} */
  #delegations = [];

  /** @param {Station} station */
  constructor(station) {
    this.station = station;
    this.#answer("search", (form) => this.#search(form));
    this.#answer("walk-in", (form) => this.#walkIn(form));
    this.#answer("override", (form) => this.#override(form));
    this.#answer("undo-last", async () => this.#undo());
    for (const button of allWithin(document, "dialog [data-close]")) {
      button.addEventListener("click", () => button.closest("dialog")?.close());
    }
  }

  openSearch() {
    part("found").replaceChildren();
    this.#open("search");
  }

  async openWalkIn() {
    const { gate } = this.station;
    if (!gate) return;
    this.#open("walk-in");
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
    });
  }

  openOverride() {
    if (this.station.counts?.device.overrides === false)
      return this.station.note(words.desk.no_pins);
    const refused = this.station.cards.forceable;
    if (!refused) return this.station.note(words.desk.nothing_to_override);
    this.#forced = this.station.gate?.forcedScan(refused) ?? null;
    this.#open("override");
  }

  /**
   * Ask whether a scan is to be taken back, and name whose it is.
   * @param {Verdict} verdict
   */
  openUndo(verdict) {
    this.#undone = verdict;
    part("undo-whom").textContent = verdict.participant ? written(verdict.participant) : "";
    this.#open("undo-last");
  }

  /** Forget what was typed: this browser may hold no name now. */
  forget() {
    this.#unsent = this.#newcomer = this.#undone = null;
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
      say(form, sentenceOf(fault, form));
      if (asksForPin(form)) field(form, "pin").value = "";
    } finally {
      button.disabled = false;
    }
  }

  /** @param {HTMLFormElement} form */
  async #search(form) {
    const { gate } = this.station;
    const name = field(form, "name").value.trim();
    if (name.length < SHORTEST_SEARCH) return say(form, words.desk.three_letters);
    if (!gate) return;
    const found = await gate.line.search(name);
    part("found").replaceChildren(...found.map(personItem));
    say(
      form,
      found.length ? fill(words.desk.found, { count: found.length }) : words.desk.found_nobody,
    );
  }

  /** @param {HTMLFormElement} form */
  async #walkIn(form) {
    const newcomer = this.#newcomerIn(form);
    if (!newcomer) return;
    try {
      const code = await this.#register(newcomer);
      this.#admitted();
      this.station.read(code);
    } catch (fault) {
      this.#isMeant = isDuplicate(fault);
      if (!(fault instanceof Unreachable)) throw fault;
      await this.#withoutServer(newcomer, form, fault);
    }
  }

  /** @param {HTMLFormElement} form */
  #newcomerIn(form) {
    const name = field(form, "name").value.trim();
    const id = Number(field(form, "delegation", HTMLSelectElement).value);
    if (this.#newcomer?.name !== name || this.#newcomer.delegation.id !== id) {
      const delegation = this.#delegations.find((each) => each.id === id);
      this.#newcomer = delegation ? newcomerNamed(name, delegation) : null;
      this.#isMeant = false;
    }
    return this.#newcomer;
  }

  /** @param {Newcomer} newcomer */
  async #register(newcomer) {
    const { gate, isOnline } = this.station;
    if (!gate || !isOnline) throw new Unreachable("known to be offline");
    return gate.line.registerWalkIn(newcomer, this.#isMeant);
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
    this.station.cards.dismiss();
    this.station.show(verdict);
  }

  #undo() {
    dialog("undo-last").close();
    if (this.#undone) this.station.undo(this.#undone);
  }
}

/** @param {string} id */
const dialog = (id) => part(id, HTMLDialogElement);

/** @param {string} id of its dialog */
const formOf = (id) => part(`${id}-form`, HTMLFormElement);

/** @param {HTMLFormElement} form */
const isWalkIn = (form) => form.elements.namedItem("delegation") !== null;

/** @param {HTMLFormElement} form */
const asksForPin = (form) => form.elements.namedItem("pin") !== null;

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
  if (fault instanceof AskedTooOften) return fill(words.desk.too_often, { minutes: fault.minutes });
  if (fault instanceof Unreachable) {
    return isWalkIn(form) ? words.desk.walk_in_kept : words.desk.needs_server;
  }
  if (fault instanceof StorageFault) return words.faults[`storage_${fault.kind}`];
  if (fault instanceof TokenRefused) return words.pairing.revoked;
  if (!(fault instanceof Rejected)) throw fault;
  if (isDuplicate(fault)) return words.desk.possible_duplicate;
  if (fault.error === NO_PINS) return words.desk.no_pins;
  if (fault.status === 403 && asksForPin(form)) return words.desk.pin_refused;
  return fill(words.desk.rejected, { detail: fault.detail });
}

/** @param {Named} named */
const written = (named) => bothNames(named).filter(Boolean).join(" · ");

/** @param {Found} person */
function personItem(person) {
  const item = document.createElement("li");
  const name = document.createElement("b");
  const more = document.createElement("span");
  [name.dir, more.dir] = ["auto", "auto"];
  const standing = words.desk.standings[person.status] ?? person.status;
  name.textContent = written(person);
  const blocked = person.blocked ? [`■ ${words.desk.blocked}`] : [];
  more.textContent = [bothNames(person.delegation)[0], standing, ...blocked].join(" · ");
  item.append(name, more);
  return item;
}
