// The station: from a code that was read to the verdict on the screen.
import { isBadgeCode, looksLikeOurs } from "../offline/badge-code.js";
import { openGate } from "../offline/gate.js";
import { kindOf, newScan } from "../offline/scan.js";
import { faultOf } from "../server/courier.js";
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
import { fill, words } from "./words.js";

const part = (id) => document.getElementById(id);
const NOTE_MS = 4_000;
const TYPED_PAUSE_MS = 2_500;
const NO_LINE = { online: true, counts: null, skewMs: null, listAgeMs: null };
const NOTHING_WAITS = { waitingCount: 0, setAsideCount: 0, setAsideList: [] };

export class Station {
  gate = null;
  #device = null;
  #opening = null;
  #line = NO_LINE;
  #fault = null; // why the gate could not be opened
  #last = null; // the newest scan that the server admitted, which an undo takes back
  #noteTimer = 0;
  #seen = {
    camera: new Debounce(),
    typed: new Debounce(TYPED_PAUSE_MS),
    wedge: new Debounce(TYPED_PAUSE_MS),
  };
  #parties = new Parties();

  constructor() {
    this.cards = new VerdictCards(part("verdicts"), part("verdict-card"));
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

  /** Open the gate of a paired device. */
  async begin(device) {
    this.#device = device;
    part("gate").textContent = device.gate.name;
    part("event").textContent = device.event.name;
    part("pairing").hidden = true;
    part("station").hidden = false;
    await this.#openGate();
    part("typed").elements.code.disabled = false;
    this.camera.start();
  }

  /** Read a code that was made just now. */
  read(code) {
    return this.#take(code, "typed");
  }

  /** Show a verdict, and only then let it sound. */
  show(verdict) {
    const party =
      verdict.scan.source === "camera" ? this.#parties.partyOf(verdict.scan.code) : null;
    const kind = this.cards.show(verdict, this.#device.event.timezone, party);
    // An undo while rehearsing takes back nobody who really came in.
    if (kind === "ok") this.#last = verdict.rehearsal ? null : verdict.scan;
    signal(kind);
  }

  note(sentence) {
    part("note").textContent = sentence;
    clearTimeout(this.#noteTimer);
    this.#noteTimer = setTimeout(() => (part("note").textContent = ""), NOTE_MS);
  }

  /** Say what stays until it is over. */
  sayLasting(sentence) {
    part("trouble").textContent = sentence;
    part("trouble").hidden = !sentence;
  }

  /** Open the gate, once however many ask for it meanwhile. */
  #openGate() {
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #open() {
    try {
      this.gate = await openGate(this.#device, (happening) => this.#heard(happening));
    } catch (fault) {
      this.#fault = faultOf(fault);
      return this.sayLasting(words.faults[this.#fault.code]);
    }
    this.sayLasting(this.gate.wasErased ? words.status.erased : "");
    storeDevice({ ...this.#device, opened: true });
    this.#askToBeKept();
    this.#showLine();
    this.gate.start();
  }

  // Firefox puts the question to the volunteer, who may never answer: the gate opens meanwhile.
  async #askToBeKept() {
    const kept = await navigator.storage?.persist?.().catch(() => false);
    part("may-be-erased").hidden = kept ?? false;
  }

  #heard({ verdict, line, uploaded, contradicted, trouble, annulled, stopped, waiting }) {
    if (stopped) return this.#unpair(stopped, waiting);
    if (verdict) this.show(verdict);
    if (uploaded) this.note(fill(words.status.uploaded, { count: uploaded }));
    if (contradicted) this.sayLasting(fill(words.status.contradicted, { count: contradicted }));
    if (trouble) this.note(fill(words.faults[trouble.code], trouble));
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

  #saw(texts) {
    // While somebody is searched for, no verdict comes up that nobody sees.
    if (!this.#device || document.querySelector("dialog[open]")) return;
    this.#parties.seen(texts, performance.now());
    for (const text of texts) this.#take(text, "camera");
  }

  async #take(code, source) {
    if (!this.#device) return;
    const seen = this.#seen[source];
    if (!seen.fresh(code, performance.now())) return;
    if (!isBadgeCode(code)) {
      return this.note(looksLikeOurs(code) ? words.card.again : words.card.not_ours);
    }
    if (!this.gate) await this.#openGate(); // the browser refused before: perhaps no longer
    const kept = this.gate
      ? await this.gate.read(code, direction(), source)
      : this.#notKept(code, source);
    if (!kept) seen.forget(code);
  }

  #notKept(code, source) {
    const scan = newScan(code, direction(), source, Date.now());
    this.show({ scan, fault: this.#fault });
    return false;
  }

  #typed(written, pressed, source) {
    const code = codeMeant(written, pressed);
    if (code) return this.#take(code, source);
    this.note(words.card.slip);
    signal("unconfirmed");
  }

  #undo() {
    if (!this.#last || !this.gate) return this.note(words.desk.nothing_to_annul);
    this.gate.courier.annul(this.#last.scan_id);
    this.#last = null;
  }

  async #unpair(why, waiting) {
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
    Object.values(this.#seen).forEach((debounce) => debounce.forgetAll());
  }

  #listen() {
    readTypedCodes(part("typed"), (...typed) => this.#typed(...typed));
    readKeys({
      burst: (written, pressed) => this.#typed(written, pressed, "wedge"),
      key: (letter) => this.#device && this.#commands[letter]?.(),
    });
    for (const [id, key] of BUTTONS)
      part(id).addEventListener("click", () => this.#commands[key]());
    part("aside").addEventListener("click", () => this.counter.openAside());
    part("forget").addEventListener("click", () => this.#leave());
    part("sound").addEventListener("change", () => muteSound(!part("sound").checked));
    part("switch").addEventListener("change", () => this.#turn());
    addEventListener("online", () => this.gate?.courier.hurry());
  }

  #commands = {
    " ": () => this.cards.dismiss(),
    Escape: () => this.cards.dismiss(),
    E: () => document.querySelector("input[name=type]:not(:checked)").click(),
    T: () => part("code").focus(),
    F: () => this.counter.openSearch(),
    O: () => this.counter.openOverride(),
    W: () => this.counter.openWalkIn(),
    Z: () => this.#undo(),
    C: () => ((part("settings").open = true), part("camera").focus()),
    M: () => part("mirror").click(),
    S: () => part("sound").click(),
    L: () => nextLanguage().click(),
    "?": () => this.counter.openHelp(),
  };
}

const BUTTONS = [
  ["undo", "Z"],
  ["open-search", "F"],
  ["open-walk-in", "W"],
  ["open-override", "O"],
  ["open-help", "?"],
];
const direction = () => document.querySelector("input[name=type]:checked").value;

function nextLanguage() {
  const links = [...part("station").querySelectorAll(".languages a")];
  const current = links.findIndex((link) => link.getAttribute("aria-current") === "true");
  return links[(current + 1) % links.length];
}
