// A gate that nobody stands at. A page can hold back keys, links and its own buttons; what it cannot
// hold is in docs/kiosk.md. Only a supervisor's PIN ends it, which the server verifies.

import { AskedTooOften, Rejected, Unreachable } from "../server/line.js";
import { allWithin, field, part, within } from "../shared/elements.js";
import { keptName } from "../shared/root.js";
import { fill, words } from "./words.js";

/** @import { StatusReply } from "../server/line.js" */
/** @import { Station } from "./station.js" */

/** @typedef {{called_at: string, taken_at: string | null}} HelpCall */

const PLACE = keptName("marhaba.kiosk");
const GOES_BACK_AFTER_MS = 6_000;
const ASKS_FOR_MS = 30_000;
/** What a hand scanner types stays with the page: letters, digits, Enter. */
const HELD_KEY = /^(F\d+|Escape|ContextMenu|Browser.*|Launch.*|Backspace|Home|End|Page.*)$/;

export class Kiosk {
  #isOn = isKept();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #goingBack;

  /** @param {Station} station */
  constructor(station) {
    this.station = station;
    this.#show();
    this.#listen();
  }

  get isOn() {
    return this.#isOn;
  }

  /**
   * Take in what the server knows of this device: an organiser may have ended it.
   * @param {StatusReply["device"]} device
   */
  heard({ kiosk = false, help = null }) {
    if (kiosk !== this.#isOn) this.#turn(kiosk);
    this.#sayHelp(help);
  }

  /** Take the card away after a while, whatever it was: nobody is there to close it. */
  cardShown() {
    if (!this.#isOn) return;
    clearTimeout(this.#goingBack);
    this.#goingBack = setTimeout(() => this.station.verdicts.dismiss(), GOES_BACK_AFTER_MS);
  }

  /** The device is nobody's any more. */
  forget() {
    this.#turn(false);
  }

  /** @param {boolean} isOn */
  #turn(isOn) {
    this.#isOn = isOn;
    keep(isOn);
    this.#show();
  }

  #show() {
    document.documentElement.classList.toggle("kiosk-page", this.#isOn);
    part("kiosk").hidden = !this.#isOn;
    for (const element of allWithin(part("station"), "[data-staffed]")) element.inert = this.#isOn;
    this.station.verdicts.forVisitors(this.#isOn);
    if (!this.#isOn) return;
    within(document, "input[name=type][value=entry]", HTMLInputElement).checked = true; // no exits
    for (const open of document.querySelectorAll("dialog[open]")) {
      if (open instanceof HTMLDialogElement) open.close();
    }
    history.pushState({ kiosk: true }, "");
  }

  /** @param {HTMLFormElement} form */
  async #begin(form) {
    if (this.station.counts?.device.overrides === false) return say(form, words.desk.no_pins);
    goFull();
    await this.#ask(form, () => this.station.gate?.line.setKiosk(true));
  }

  /** @param {HTMLFormElement} form */
  async #end(form) {
    const pin = field(form, "pin");
    const ended = await this.#ask(form, () => this.station.gate?.line.setKiosk(false, pin.value));
    pin.value = "";
    if (ended && document.fullscreenElement) await document.exitFullscreen();
  }

  /**
   * Ask the server to begin or end it, and do so here; say in the form why not.
   * @param {HTMLFormElement} form
   * @param {() => Promise<boolean> | undefined} ask
   */
  async #ask(form, ask) {
    try {
      const isOn = await ask();
      if (isOn === undefined) return false;
      form.closest("dialog")?.close();
      this.#turn(isOn);
      return true;
    } catch (fault) {
      say(form, sentenceOf(fault));
      return false;
    }
  }

  async #callHelp() {
    const button = part("kiosk-help", HTMLButtonElement);
    button.disabled = true;
    try {
      await this.station.gate?.line.callHelp();
      this.#sayHelp({ called_at: "", taken_at: null });
    } catch {
      part("kiosk-help-state").textContent = words.kiosk.help_offline;
    } finally {
      button.disabled = false;
    }
  }

  /** @param {HelpCall | null} call */
  #sayHelp(call) {
    const said = call && (call.taken_at ? words.kiosk.help_coming : words.kiosk.help_called);
    part("kiosk-help-state").textContent = said ?? "";
  }

  #listen() {
    part("kiosk-help").addEventListener("click", () => this.#callHelp());
    part("kiosk-end").addEventListener("click", () => {
      openForm("kiosk-pin");
      setTimeout(() => part("kiosk-pin", HTMLDialogElement).close(), ASKS_FOR_MS);
    });
    part("open-kiosk").addEventListener("click", () => openForm("kiosk-begin"));
    onSubmit("kiosk-begin-form", (form) => this.#begin(form));
    onSubmit("kiosk-pin-form", (form) => this.#end(form));
    this.#holdBack();
  }

  #holdBack() {
    const held = (/** @type {Event} */ event) => {
      if (this.#isOn) event.preventDefault();
    };
    addEventListener("contextmenu", held);
    addEventListener("beforeunload", held);
    addEventListener("keydown", (event) => {
      const inField = document.activeElement?.matches("input");
      const isCommand = event.ctrlKey || event.metaKey || event.altKey;
      if (isCommand || (!inField && HELD_KEY.test(event.key))) held(event);
    });
    addEventListener("popstate", () => {
      if (this.#isOn) history.pushState({ kiosk: true }, "");
    });
    for (const kind of ["pointerdown", "keydown"]) {
      addEventListener(kind, () => {
        if (this.#isOn && !document.fullscreenElement) goFull();
      });
    }
  }
}

/** Browsers go full after a touch or a key, and some let a page hold Escape then. */
async function goFull() {
  await document.documentElement.requestFullscreen?.().catch(() => null);
  // Of Chromium alone, and of no standard yet.
  const { keyboard } = /** @type {{keyboard?: {lock?: () => Promise<void>}}} */ (navigator);
  await keyboard?.lock?.().catch(() => null);
}

function isKept() {
  try {
    return localStorage.getItem(PLACE) === "yes";
  } catch {
    return false; // private windows keep nothing
  }
}

/** @param {boolean} isOn */
function keep(isOn) {
  try {
    if (isOn) localStorage.setItem(PLACE, "yes");
    else localStorage.removeItem(PLACE);
  } catch {
    // the server knows it, too
  }
}

/** @param {string} id */
function openForm(id) {
  const form = part(`${id}-form`, HTMLFormElement);
  say(form, "");
  part(id, HTMLDialogElement).showModal();
}

/**
 * @param {string} id
 * @param {(form: HTMLFormElement) => Promise<void>} work
 */
function onSubmit(id, work) {
  const form = part(id, HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    work(form);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} sentence
 */
function say(form, sentence) {
  const [notice] = allWithin(form, "[role=alert]");
  notice.textContent = sentence;
  notice.hidden = !sentence;
}

/** @param {unknown} fault */
function sentenceOf(fault) {
  if (fault instanceof AskedTooOften) return fill(words.desk.too_often, { minutes: fault.minutes });
  if (fault instanceof Unreachable) return words.desk.needs_server;
  if (fault instanceof Rejected) return words.desk.pin_refused;
  throw fault;
}
