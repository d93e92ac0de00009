// The station: from a code that was read to the verdict on the screen.
import { codeIn, isBadgeCode, looksLikeOurs } from "../offline/badge-code.js";
import { openGate } from "../offline/gate.js";
import { newScan } from "../offline/scan.js";
import { faultOf } from "../server/courier.js";
import { allWithin, field, part, within } from "../shared/elements.js";
import { Awake } from "./awake.js";
import { BusDesk } from "./bus-desk.js";
import { CameraStation } from "./camera/camera-station.js";
import { shortName } from "./cards/card-lines.js";
import { Verdicts } from "./cards/verdicts.js";
import { Counter } from "./counter.js";
import { forgetDevice, storeDevice } from "./device.js";
import { IdleScreen } from "./idle.js";
import { meantCode } from "./keys/code-meant.js";
import { Debounce } from "./keys/debounce.js";
import { readKeys } from "./keys/keys.js";
import { readTypedCodes } from "./keys/typed-codes.js";
import { Kiosk } from "./kiosk.js";
import { showEvent, showGate, showLine, showSetAside } from "./line-state.js";
import { askToPair } from "./pairing-form.js";
import { Parties } from "./parties.js";
import { muteSound, signal } from "./sounds.js";
import { fill, reasons, words } from "./words.js";

/** @import { Device, Gate } from "../offline/gate.js" */
/** @import { Direction, Fault, Verdict } from "../offline/scan.js" */
/** @import { GateEvent, LineState } from "../server/courier.js" */
/** @import { Showing } from "./keys/debounce.js" */
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
  coming: null,
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
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #noteTimer;
  #seen = {
    camera: new Debounce(),
    typed: new Debounce(TYPED_PAUSE_MS),
    wedge: new Debounce(TYPED_PAUSE_MS),
  };
  #parties = new Parties();

  constructor() {
    this.verdicts = new Verdicts({
      undo: (scan) => this.counter.openUndo(scan),
      override: (scan) => this.counter.openOverride(scan),
    });
    this.camera = new CameraStation(words.camera, { onCodes: (texts) => this.#saw(texts) });
    this.counter = new Counter(this);
    this.idle = new IdleScreen(() => this.#standing());
    this.awake = new Awake((isAwake) => {
      part("may-sleep").hidden = isAwake;
    });
    this.kiosk = new Kiosk(this);
    this.bus = new BusDesk(this);
    this.#listen();
  }

  get isOnline() {
    return this.#line.online;
  }

  /** The live counts as the server told them last, or null. */
  get counts() {
    return this.#line.counts;
  }

  get timezone() {
    return this.#device?.event.timezone ?? "";
  }

  /**
   * Send the scan of a person whom a search found, and return its verdict.
   * @param {number} personId
   * @param {string} pin of a supervisor, where only they admit without a badge
   */
  async admitFound(personId, pin) {
    return this.gate?.admitFound(personId, direction(), pin);
  }

  /** Whether people without a badge are let in only with a supervisor's PIN. */
  get needsPinWithoutBadge() {
    return this.counts?.device.without_badge === "supervisors";
  }

  /**
   * Open the gate of a paired device.
   * @param {Device} device
   */
  async begin(device) {
    this.#device = device;
    showGate(device.gate);
    showEvent(device.event);
    part("pairing").hidden = true;
    part("station").hidden = false;
    await this.#openGate(device);
    field(typed, "code").disabled = false;
    this.camera.start();
    this.awake.hold();
    this.idle.show();
  }

  /**
   * Read a code that was made just now.
   * @param {string} code
   */
  read(code) {
    return this.#takeAlone(code, "typed");
  }

  /**
   * Show a verdict, and only then let it sound.
   * @param {Verdict} verdict
   */
  show(verdict) {
    this.idle.busy();
    this.#shown(verdict);
  }

  /** @param {Verdict} verdict */
  #shown(verdict) {
    if (!this.#device) return;
    const { code, source } = verdict.scan;
    const party = code && source === "camera" ? this.#parties.partyOf(code) : null;
    const { kind, late } = this.verdicts.show(verdict, this.#device.event.timezone, party);
    if (late) this.note(late);
    this.kiosk.cardShown();
    signal(kind);
    this.bus.heard(verdict);
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
      const hear = (/** @type {GateEvent} */ gateEvent) => this.#heard(gateEvent);
      this.gate = await openGate(device, hear, reasons, words.name_tables);
    } catch (fault) {
      this.#fault = faultOf(fault);
      return this.sayLasting(words.faults[this.#fault.code]);
    }
    this.sayLasting(this.gate.wasErased ? words.status.erased : "");
    await storeDevice({ ...device, opened: true });
    this.#askToBeKept();
    this.#showLine();
    this.gate.start();
  }

  // Firefox puts the question to the volunteer, who may never answer: the gate opens meanwhile.
  async #askToBeKept() {
    const kept = await navigator.storage?.persist?.().catch(() => false);
    part("may-be-erased").hidden = kept ?? false;
  }

  /** @param {GateEvent} gateEvent */
  #heard({ verdict, line, uploaded, contradicted, trouble, stopped, waiting, ...rest }) {
    if (stopped) return this.#unpair(stopped, waiting);
    if (verdict) this.show(verdict);
    if (uploaded) this.note(fill(words.status.uploaded, { count: uploaded }));
    if (rest.sentAgain) this.note(fill(words.status.sent_again, { count: rest.sentAgain }));
    this.#heardOfRestore(rest);
    if (contradicted) this.sayLasting(fill(words.status.contradicted, { count: contradicted }));
    if (trouble) this.note(fill(words.faults[trouble.code], { ...trouble }));
    this.#heardOfUndo(rest);
    if (line) this.#line = { ...line, counts: line.counts ?? this.#line.counts };
    if (line?.counts) this.kiosk.heard(line.counts.device);
    this.#showLine();
  }

  /** @param {GateEvent} gateEvent */
  #heardOfRestore({ offered, unknown }) {
    if (offered) this.note(fill(words.status.offered, { count: offered }));
    if (unknown !== undefined) this.sayLasting(unknown ? words.status.unknown : "");
  }

  /** @param {GateEvent} gateEvent */
  #heardOfUndo({ annulled, scanId }) {
    if (!annulled || !scanId) return;
    const scan = this.verdicts.recent.withId(scanId);
    this.note(fill(words.desk[annulled], { name: scan ? shortName(scan.verdict) : "" }));
    if (annulled !== "annulled") return;
    this.verdicts.undo(scanId);
    const code = scan?.verdict.scan.code ?? "";
    for (const debounce of Object.values(this.#seen)) debounce.release(code);
  }

  async #sendAgain() {
    part("aside-dialog", HTMLDialogElement).close();
    await this.gate?.courier.sendAgain().catch((fault) => this.#heard({ trouble: faultOf(fault) }));
  }

  #showLine() {
    const spool = this.gate?.spool ?? NOTHING_WAITS;
    showLine(this.#line, spool);
    showSetAside(spool.setAsideList, this.timezone);
    // The organiser may have sent this device to another gate.
    if (this.gate) showGate(this.gate.offline.place);
    part("open-badge").hidden = !this.gate?.findsHere;
  }

  /** @param {string[]} shown */
  #saw(shown) {
    // While somebody is searched for, no verdict comes up that nobody sees.
    if (!this.#device || document.querySelector("dialog[open]")) return;
    const [texts, now] = [shown.map(codeIn), performance.now()];
    this.#parties.seen(texts, now);
    for (const [text, showing] of this.#seen.camera.picture(texts, now)) {
      this.#take(text, "camera", showing);
    }
  }

  /**
   * Take a code that was typed, or read by a hand scanner.
   * @param {string} code
   * @param {"typed" | "wedge"} source
   */
  #takeAlone(code, source) {
    return this.#take(code, source, this.#seen[source].reading(code, performance.now()));
  }

  /**
   * @param {string} code
   * @param {Reader} source
   * @param {Showing | undefined} showing
   */
  async #take(code, source, showing) {
    if (!this.#device || showing === "held") return;
    if (!isBadgeCode(code)) return showing === "new" && this.#notABadge(code, source);
    if (showing === "again") return this.#shownAgain(code);
    if (!this.gate) await this.#openGate(this.#device); // the browser refused before: perhaps no longer
    const kept = this.gate
      ? await this.gate.read(code, direction(), source)
      : this.#notKept(code, source);
    if (!kept) this.#seen[source].forget(code);
  }

  /**
   * @param {string} code
   * @param {Reader} source
   */
  #notABadge(code, source) {
    if (looksLikeOurs(code)) return this.note(words.card.misread);
    const scan = newScan("", direction(), source, Date.now());
    this.verdicts.showForeign({ scan, foreign: true });
    this.kiosk.cardShown();
    signal("refused");
  }

  /** @param {string} code */
  #shownAgain(code) {
    const kind = this.verdicts.showAgain(code);
    this.kiosk.cardShown();
    if (kind) signal(kind);
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
   * @param {string} places
   * @param {"typed" | "wedge"} source
   */
  #typed(written, places, source) {
    const code = meantCode(written, places);
    if (code) {
      field(typed, "code").blur(); // what is pressed next is a command
      return this.#takeAlone(code, source);
    }
    this.note(words.card.slip);
    signal("unconfirmed");
  }

  /** How the gate stands, for its idle screen; null while it is not open. */
  #standing() {
    if (!this.gate || !this.#device) return null;
    const { clock, offline } = this.gate;
    const { timezone } = this.#device.event;
    return { place: offline.place, policy: offline.held.policy, now: clock.serverNow(), timezone };
  }

  #practise() {
    const verdict = this.idle.practise();
    if (verdict) this.#shown(verdict);
    else this.note(words.idle.practice_later);
  }

  /**
   * @param {"wiped" | "token_refused" | "left"} why
   * @param {number} waiting so many scans are unsent
   */
  async #unpair(why, waiting = 0) {
    if (why !== "token_refused") await forgetDevice();
    const reason = waiting ? fill(words.pairing.unsent, { count: waiting }) : "";
    this.gate = this.#device = null;
    this.camera.stop();
    this.awake.release();
    this.verdicts.clear();
    this.counter.forget();
    this.kiosk.forget();
    this.bus.forget();
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
      burst: (written, places) => this.#typed(written, places, "wedge"),
      key: (letter) => {
        if (this.#device && !this.kiosk.isOn) this.#commands[letter]?.();
      },
    });
    for (const [id, key] of BUTTONS) {
      part(id).addEventListener("click", () => this.#commands[key]());
    }
    part("aside-again").addEventListener("click", () => this.#sendAgain());
    part("aside").addEventListener("click", () => this.counter.openAside());
    part("forget").addEventListener("click", () => this.#leave());
    const sound = part("sound", HTMLInputElement);
    sound.addEventListener("change", () => muteSound(!sound.checked));
    part("switch").addEventListener("change", () => this.#turn());
    addEventListener("online", () => this.gate?.courier.hurry());
  }

  /** @type {Record<string, () => void>} */
  #commands = {
    " ": () => this.verdicts.dismiss(),
    Escape: () => this.verdicts.dismiss(),
    E: () => within(document, "input[name=type]:not(:checked)").click(),
    T: () => part("code").focus(),
    F: () => this.counter.openSearch(),
    B: () => this.counter.openBadge(),
    O: () => this.counter.openOverride(this.verdicts.recent.overridable),
    W: () => this.counter.openWalkIn(),
    Z: () => this.counter.openUndo(this.verdicts.recent.undoable),
    C: () => {
      part("settings", HTMLDetailsElement).open = true;
      part("camera").focus();
    },
    M: () => part("mirror").click(),
    P: () => this.#practise(),
    S: () => part("sound").click(),
    L: () => nextLanguage().click(),
    "?": () => this.counter.openHelp(),
  };
}

/** @type {[string, string][]} */
const BUTTONS = [
  ["open-undo", "Z"],
  ["open-search", "F"],
  ["open-badge", "B"],
  ["open-walk-in", "W"],
  ["open-override", "O"],
  ["open-help", "?"],
  ["practise", "P"],
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
