// What a volunteer asks the server for by hand: a name, an override, a walk-in. Online only:
// nothing here is shown as done before the server said so.
import { Rejected, TokenRefused, Unreachable } from "../door/line.js";
import { bothNames, fill, words } from "./words.js";

const part = (id) => document.getElementById(id);
const SHORTEST_SEARCH = 3;
const DUPLICATE = "possible_duplicate";

/** Shows the forms; `station` gives {door, cards, counts, isOnline, read, show, note}. */
export class Counter {
  #asked = {}; // the walk-in that the server took for a duplicate
  #unsent = null; // the walk-in's form, while what was typed waits for the network: in memory only
  #refused = null;

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
      const { delegations } = this.station.counts ?? (await door.line.status());
      const select = part("walk-in-delegation");
      const chosen = select.value;
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
    this.#unsent = null;
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
    say(form, this.station.isOnline ? "" : words.desk.needs_server);
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
    const name = form.elements.name.value.trim();
    const delegation = Number(form.elements.delegation.value);
    const again = this.#asked.name === name && this.#asked.delegation === delegation;
    this.#asked = { name, delegation }; // stays only if the server takes it for a duplicate
    const code = await this.station.door.line.registerWalkIn(name, delegation, again).catch((fault) => {
      if (fault.error !== DUPLICATE) this.#asked = {};
      if (fault instanceof Unreachable) this.#unsent = form;
      throw fault;
    });
    [this.#asked, this.#unsent] = [{}, null];
    part("walk-in").close();
    this.station.read(code);
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
  if (fault instanceof Unreachable) {
    return form.elements.delegation ? words.desk.walk_in_kept : words.desk.needs_server;
  }
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
  more.textContent = `${person.delegation.name} · ${standing}`;
  item.append(name, more);
  return item;
}
