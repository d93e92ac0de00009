// What a volunteer asks the server for by hand: a name, an override, a walk-in. Nothing here is shown
// as done before the server said so; whom it does not answer for, a gate may let in by its lease.
import { AskedTooOften, Rejected, TokenRefused, Unreachable } from "../door/line.js";
import { StorageFault } from "../door/storage.js";
import { newcomerNamed } from "../door/walk-ins.js";
import { bothNames, fill, words } from "./words.js";

const part = (id) => document.getElementById(id);
const SHORTEST_SEARCH = 3;
const DUPLICATE = "possible_duplicate";

/** Shows the forms; `station` gives {door, cards, counts, isOnline, read, show, note}. */
export class Counter {
  #newcomer = null; // the walk-in that was asked for last: the same one while nothing is changed
  #isMeant = false; // the server took it for a duplicate, and it was asked for again
  #unsent = null; // the walk-in's form, while what was typed waits for the network: in memory only
  #refused = null;
  #delegations = [];

  constructor(station) {
    this.station = station;
    for (const [id, work] of Object.entries({
      search: this.#search, "walk-in": this.#walkIn, override: this.#override,
    })) {
      const form = part(`${id}-form`);
      form.addEventListener("submit", (event) => (event.preventDefault(), this.#send(form, work)));
    }
    for (const button of document.querySelectorAll("dialog [data-close]")) {
      button.addEventListener("click", () => button.closest("dialog").close());
    }
  }

  openSearch() {
    part("found").replaceChildren();
    this.#open("search");
  }

  async openWalkIn() {
    const { door } = this.station;
    if (!door) return;
    this.#open("walk-in");
    await this.#guarded(part("walk-in-form"), async () => {
      const known = this.station.counts?.delegations ?? door.delegations;
      const delegations = known.length ? known : (await door.line.status()).delegations;
      const select = part("walk-in-delegation");
      const chosen = select.value;
      this.#delegations = delegations;
      select.replaceChildren(...delegations.map((each) => new Option(written(each), each.id)));
      if (chosen) select.value = chosen;
    });
  }

  openOverride() {
    this.#refused = this.station.cards.forceable;
    if (!this.#refused) return this.station.note(words.desk.nothing_to_override);
    this.forced = this.station.door.forcedScan(this.#refused);
    this.#open("override");
  }

  /** Forget what was typed: this browser may hold no name now. */
  forget() {
    this.#unsent = this.#newcomer = null;
    for (const form of document.querySelectorAll("dialog form")) form.reset();
  }

  openHelp() {
    part("help").showModal();
  }

  openAside() {
    part("aside-dialog").showModal();
  }

  #open(id) {
    if (!this.station.door) return;
    const form = part(`${id}-form`);
    if (form !== this.#unsent) form.reset();
    const offline = form.elements.delegation ? words.desk.walk_in_offline : words.desk.needs_server;
    say(form, this.station.isOnline ? "" : offline);
    part(id).showModal();
  }

  async #send(form, work) {
    await this.#guarded(form, () => work.call(this, form));
  }

  async #guarded(form, work) {
    const button = form.querySelector("button:not([type=button])");
    button.disabled = true;
    try {
      await work();
    } catch (fault) {
      say(form, sentenceOf(fault, form));
      if (form.elements.pin) form.elements.pin.value = "";
    } finally {
      button.disabled = false;
    }
  }

  async #search(form) {
    const name = form.elements.name.value.trim();
    if (name.length < SHORTEST_SEARCH) return say(form, words.desk.three_letters);
    const found = await this.station.door.line.search(name);
    part("found").replaceChildren(...found.map(personItem));
    say(form, found.length ? fill(words.desk.found, { count: found.length }) : words.desk.found_nobody);
  }

  async #walkIn(form) {
    const newcomer = this.#newcomerIn(form);
    try {
      const code = await this.#register(newcomer);
      this.#admitted();
      this.station.read(code);
    } catch (fault) {
      this.#isMeant = fault.error === DUPLICATE;
      if (!(fault instanceof Unreachable)) throw fault;
      await this.#withoutServer(newcomer, form, fault);
    }
  }

  #newcomerIn(form) {
    const name = form.elements.name.value.trim();
    const id = Number(form.elements.delegation.value);
    if (this.#newcomer?.name !== name || this.#newcomer.delegation.id !== id) {
      const delegation = this.#delegations.find((each) => each.id === id);
      [this.#newcomer, this.#isMeant] = [newcomerNamed(name, delegation), false];
    }
    return this.#newcomer;
  }

  async #register(newcomer) {
    if (!this.station.isOnline) throw new Unreachable("known to be offline");
    return this.station.door.line.registerWalkIn(newcomer, this.#isMeant);
  }

  async #withoutServer(newcomer, form, fault) {
    const verdict = await this.station.door.admit(newcomer);
    if (verdict.status !== "ok") {
      this.#unsent = form;
      throw fault;
    }
    this.#admitted();
    this.station.show(verdict);
  }

  #admitted() {
    [this.#newcomer, this.#unsent, this.#isMeant] = [null, null, false];
    part("walk-in").close();
  }

  async #override(form) {
    const { pin, reason } = form.elements;
    const verdict = await this.station.door.override(this.forced, reason.value.trim(), pin.value.trim());
    part("override").close();
    this.station.cards.dismiss();
    this.station.show(verdict);
  }
}

function say(form, sentence) {
  const notice = form.querySelector("[role=alert]");
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

function sentenceOf(fault, form) {
  if (fault instanceof AskedTooOften) return fill(words.desk.too_often, { minutes: fault.minutes });
  if (fault instanceof Unreachable) {
    return form.elements.delegation ? words.desk.walk_in_kept : words.desk.needs_server;
  }
  if (fault instanceof StorageFault) return words.faults[`storage_${fault.kind}`];
  if (fault instanceof TokenRefused) return words.pairing.revoked;
  if (!(fault instanceof Rejected)) throw fault;
  if (fault.error === DUPLICATE) return words.desk.possible_duplicate;
  if (fault.status === 403 && form.elements.pin) return words.desk.pin_refused;
  return fill(words.desk.rejected, { detail: fault.detail });
}

const written = (named) => bothNames(named).filter(Boolean).join(" · ");

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
