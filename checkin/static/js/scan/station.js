// The station: from a code that was read to the verdict on the screen.
import { isBadgeCode, looksLikeOurs } from "../offline/badge-code.js";
import { openGate } from "../offline/gate.js";
import { newScan } from "../offline/scan.js";
import { faultOf } from "../server/courier.js";
import { allWithin, field, part, within } from "../shared/elements.js";
import { CameraStation } from "./camera-station.js";
import { Counter } from "./counter.js";
import { Debounce } from "./debounce.js";
import { forgetDevice, storeDevice } from "./device.js";
import { readKeys } from "./keys.js";
import { showLine, showSetAside } from "./line-state.js";
import { askToPair } from "./pairing-form.js";
import { Parties } from "./parties.js";
import { muteSound, signal } from "./sounds.js";
import { codeMeant, readTypedCodes } from "./typed-codes.js";
import { VerdictCards } from "./verdict-cards.js";
import { fill, reasons, words } from "./words.js";

/** @import { Device, Gate } from "../offline/gate.js" */
/** @import { Direction, Fault, Verdict } from "../offline/scan.js" */
/** @import { Happening, LineState } from "../server/courier.js" */
/** @import { Waiting } from "./line-state.js" */

/** @typedef {"camera" | "typed" | "wedge"} Reader */

const typed = part("typed", HTMLFormElement);
const NOTE_MS = 4_000;
const TYPED_PAUSE_MS = 2_500;
/** @type {LineState} */
const NO_LINE = {
  online: true,
  counts: null,
  skewMs: null,
  clockOff: false,
  listAgeMs: null,
  listStale: false,
  stop: null,
};
/** @type {Waiting} */
const NOTHING_WAITS = { waitingCount: 0, setAsideCount: 0, setAsideList: [] };

export class Station {
  /** @type {Gate | null} */
  gate = null;
  /** @type {Device | null} */
  #device = null;
  /** @type {Promise<void> | null} */
  #opening = null;
  #line = NO_LINE;
  /** @type {Fault | undefined} */
  #fault; // why the gate could not be opened
  /** @type {Verdict | null} */
  #last = null; // the newest scan that the server admitted, which an undo takes back
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noteTimer;
  #seen = {
    camera: new Debounce(),
    typed: new Debounce(TYPED_PAUSE_MS),
    wedge: new Debounce(TYPED_PAUSE_MS),
  };
  #parties = new Parties();

  constructor() {
    this.cards = new VerdictCards(part("verdicts"), part("verdict-card", HTMLTemplateElement));
    this.camera = new CameraStation(words.camera, { onCodes: (texts) => this.#saw(texts) });
    this.counter = new Counter(this);
    this.#listen();
  }

  get isOnline() {
    return this.#line.online;
  }

  /** The live counts as the server told them last, or null. */
  get counts() {
    return this.#line.counts;
  }

  /**
   * Open the gate of a paired device.
   * @param {Device} device
   */
  async begin(device) {
    this.#device = device;
    part("gate").textContent = device.gate.name;
    part("event").textContent = device.event.name;
    part("pairing").hidden = true;
    part("station").hidden = false;
    await this.#openGate(device);
    field(typed, "code").disabled = false;
    this.camera.start();
  }

  /**
   * Read a code that was made just now.
   * @param {string} code
   */
  read(code) {
    return this.#take(code, "typed");
  }

  /**
   * Show a verdict, and only then let it sound.
   * @param {Verdict} verdict
   */
  show(verdict) {
    if (!this.#device) return;
    const party =
      verdict.scan.source === "camera" ? this.#parties.partyOf(verdict.scan.code) : null;
    const kind = this.cards.show(verdict, this.#device.event.timezone, party);
    // An undo while rehearsing takes back nobody who really came in.
    if (kind === "ok") this.#last = verdict.rehearsal ? null : verdict;
    signal(kind);
  }

  /**
   * Take a scan back, once somebody has confirmed it.
   * @param {Verdict} verdict
   */
  undo(verdict) {
    this.gate?.courier.annul(verdict.scan.scan_id);
    if (this.#last === verdict) this.#last = null;
  }

  /**
   * Say something for a while.
   * @param {string} sentence
   */
  note(sentence) {
    part("note").textContent = sentence;
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => {
      part("note").textContent = "";
    }, NOTE_MS);
  }

  /**
   * Say what stays until it is over.
   * @param {string} sentence
   */
  sayLasting(sentence) {
    part("trouble").textContent = sentence;
    part("trouble").hidden = !sentence;
  }

  /**
   * Open the gate, once however many ask for it meanwhile.
   * @param {Device} device
   */
  #openGate(device) {
    this.#opening ??= this.#open(device).finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  /** @param {Device} device */
  async #open(device) {
    try {
      this.gate = await openGate(device, (happening) => this.#heard(happening), reasons);
    } catch (fault) {
      this.#fault = faultOf(fault);
      return this.sayLasting(words.faults[this.#fault.code]);
    }
    this.sayLasting(this.gate.wasErased ? words.status.erased : "");
    storeDevice({ ...device, opened: true });
    this.#askToBeKept();
    this.#showLine();
    this.gate.start();
  }

  // Firefox puts the question to the volunteer, who may never answer: the gate opens meanwhile.
  async #askToBeKept() {
    const kept = await navigator.storage?.persist?.().catch(() => false);
    part("may-be-erased").hidden = kept ?? false;
  }

  /** @param {Happening} happening */
  #heard({ verdict, line, uploaded, contradicted, trouble, annulled, stopped, waiting }) {
    if (stopped) return this.#unpair(stopped, waiting);
    if (verdict) this.show(verdict);
    if (uploaded) this.note(fill(words.status.uploaded, { count: uploaded }));
    if (contradicted) this.sayLasting(fill(words.status.contradicted, { count: contradicted }));
    if (trouble) this.note(fill(words.faults[trouble.code], { ...trouble }));
    if (annulled) this.note(words.desk[annulled]);
    if (line) this.#line = { ...line, counts: line.counts ?? this.#line.counts };
    this.#showLine();
  }

  #showLine() {
    const spool = this.gate?.spool ?? NOTHING_WAITS;
    showLine(this.#line, spool);
    showSetAside(spool.setAsideList);
    // The organiser may have sent this device to another gate.
    if (this.gate) part("gate").textContent = this.gate.offline.place.name;
  }

  /** @param {string[]} texts */
  #saw(texts) {
    // While somebody is searched for, no verdict comes up that nobody sees.
    if (!this.#device || document.querySelector("dialog[open]")) return;
    this.#parties.seen(texts, performance.now());
    for (const text of texts) this.#take(text, "camera");
  }

  /**
   * @param {string} code
   * @param {Reader} source
   */
  async #take(code, source) {
    if (!this.#device) return;
    const seen = this.#seen[source];
    if (!seen.fresh(code, performance.now())) return;
    if (!isBadgeCode(code)) {
      return this.note(looksLikeOurs(code) ? words.card.again : words.card.not_ours);
    }
    if (!this.gate) await this.#openGate(this.#device); // the browser refused before: perhaps no longer
    const kept = this.gate
      ? await this.gate.read(code, direction(), source)
      : this.#notKept(code, source);
    if (!kept) seen.forget(code);
  }

  /**
   * @param {string} code
   * @param {Reader} source
   */
  #notKept(code, source) {
    const scan = newScan(code, direction(), source, Date.now());
    this.show({ scan, fault: this.#fault });
    return false;
  }

  /**
   * @param {string} written
   * @param {string} pressed
   * @param {"typed" | "wedge"} source
   */
  #typed(written, pressed, source) {
    const code = codeMeant(written, pressed);
    if (code) return this.#take(code, source);
    this.note(words.card.slip);
    signal("unconfirmed");
  }

  #askToUndo() {
    if (!this.#last) return this.note(words.desk.nothing_to_annul);
    this.counter.openUndo(this.#last);
  }

  /**
   * @param {"wiped" | "token_refused" | "left"} why
   * @param {number} waiting so many scans are unsent
   */
  async #unpair(why, waiting = 0) {
    if (why !== "token_refused") forgetDevice();
    const reason = waiting ? fill(words.pairing.unsent, { count: waiting }) : "";
    this.gate = this.#device = this.#last = null;
    this.camera.stop();
    this.cards.clear();
    this.counter.forget();
    part("station").hidden = true;
    const sentence = why === "left" ? "" : words.pairing.revoked;
    this.begin(await askToPair(words.pairing, `${sentence} ${reason}`.trim()));
  }

  async #leave() {
    const waiting = this.gate?.spool.waitingCount ?? 0;
    const unsent = waiting ? fill(words.pairing.unsent, { count: waiting }) : "";
    if (!confirm(`${words.status.forget} ${unsent}`)) return;
    await this.gate?.leave();
    this.#unpair("left", waiting);
  }

  #turn() {
    // The same badge may leave right after it came in: that is a new showing.
    for (const debounce of Object.values(this.#seen)) debounce.forgetAll();
  }

  #listen() {
    readTypedCodes(typed, (...code) => this.#typed(...code));
    readKeys({
      burst: (written, pressed) => this.#typed(written, pressed, "wedge"),
      key: (letter) => {
        if (this.#device) this.#commands[letter]?.();
      },
    });
    for (const [id, key] of BUTTONS) {
      part(id).addEventListener("click", () => this.#commands[key]());
    }
    part("aside").addEventListener("click", () => this.counter.openAside());
    part("forget").addEventListener("click", () => this.#leave());
    const sound = part("sound", HTMLInputElement);
    sound.addEventListener("change", () => muteSound(!sound.checked));
    part("switch").addEventListener("change", () => this.#turn());
    addEventListener("online", () => this.gate?.courier.hurry());
  }

  /** @type {Record<string, () => void>} */
  #commands = {
    " ": () => this.cards.dismiss(),
    Escape: () => this.cards.dismiss(),
    E: () => within(document, "input[name=type]:not(:checked)").click(),
    T: () => part("code").focus(),
    F: () => this.counter.openSearch(),
    O: () => this.counter.openOverride(),
    W: () => this.counter.openWalkIn(),
    Z: () => this.#askToUndo(),
    C: () => {
      part("settings", HTMLDetailsElement).open = true;
      part("camera").focus();
    },
    M: () => part("mirror").click(),
    S: () => part("sound").click(),
    L: () => nextLanguage().click(),
    "?": () => this.counter.openHelp(),
  };
}

/** @type {[string, string][]} */
const BUTTONS = [
  ["undo", "Z"],
  ["open-search", "F"],
  ["open-walk-in", "W"],
  ["open-override", "O"],
  ["open-help", "?"],
];
function direction() {
  const chosen = within(document, "input[name=type]:checked", HTMLInputElement);
  return /** @type {Direction} */ (chosen.value);
}

function nextLanguage() {
  const links = allWithin(part("station"), ".languages a");
  const current = links.findIndex((link) => link.getAttribute("aria-current") === "true");
  return links[(current + 1) % links.length];
}
