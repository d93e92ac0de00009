// The scan page: a device at a gate reads badges and shows the server's verdicts.
import { isBadgeCode } from "./badge-code.js";
import { CameraStation } from "./camera-station.js";
import { Debounce } from "./debounce.js";
import { Deliveries, newScan } from "./deliveries.js";
import { forgetDevice, storedDevice } from "./device.js";
import { askToPair } from "./pairing-form.js";
import { signal, soundIsOn, wakeSound } from "./sounds.js";
import { readTypedCodes } from "./typed-codes.js";
import { fill, VerdictCard } from "./verdict-card.js";

const words = JSON.parse(document.getElementById("scan-words").textContent);
const part = (id) => document.getElementById(id);
const NOTE_MS = 4_000;
const TYPED_PAUSE_MS = 2_500;

let device = null;
let deliveries = null;
let noteTimer = 0;
const seen = new Debounce();
const typed = new Debounce(TYPED_PAUSE_MS);
const card = new VerdictCard(part("verdict"), words, localTime);
const station = new CameraStation(words.camera, { onCodes: cameraRead });

function localTime(moment) {
  const { timezone } = device.event;
  const offset = words.offsets_s[timezone];
  const at = new Date(new Date(moment).getTime() + 1000 * (offset ?? 0));
  return new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    timeZone: offset === undefined ? timezone : "UTC",
  }).format(at);
}

function note(sentence) {
  part("note").textContent = sentence;
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => (part("note").textContent = ""), NOTE_MS);
}

const direction = () => document.querySelector("input[name=type]:checked").value;

async function send(code, source) {
  const scan = newScan(code, direction(), source);
  const ended = await deliveries.send(scan, () => {
    card.showUnconfirmed();
    signal("unconfirmed");
  });
  if (ended.reply) return signal(card.show(ended.reply, scan.type));
  if (ended.revoked) return unpair(words.pairing.revoked);
  card.showFailed();
  signal("unconfirmed");
}

function cameraRead(texts) {
  if (!device) return;
  for (const text of texts) {
    if (!seen.fresh(text, performance.now())) continue;
    if (isBadgeCode(text)) send(text, "camera");
    else note(words.card.not_ours);
  }
}

function typedCode(code, source) {
  if (typed.fresh(code, performance.now())) send(code, source);
}

function showWaiting(count) {
  const state = part("line");
  state.dataset.state = count ? "waiting" : "online";
  state.textContent = count ? fill(words.status.waiting, { count }) : words.status.online;
}

function leaving(event) {
  if (deliveries?.waiting) event.preventDefault(); // the browser asks before the page is left
}

function begin(paired) {
  device = paired;
  deliveries = new Deliveries(device.token, showWaiting);
  part("gate").textContent = device.gate.name;
  part("event").textContent = device.event.name;
  part("pairing").hidden = true;
  part("station").hidden = false;
  part("typed").elements.code.disabled = false;
  showWaiting(0);
  station.start();
}

async function unpair(reason) {
  forgetDevice();
  device = null;
  station.stop();
  card.hide();
  part("station").hidden = true;
  begin(await askToPair(words.pairing, reason));
}

function listen() {
  readTypedCodes(part("typed"), {
    onCode: typedCode,
    onSlip: () => (note(words.card.slip), signal("unconfirmed")),
  });
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => {
      wakeSound();
      setTimeout(() => (part("mute").hidden = soundIsOn()), 200);
    });
  }
  addEventListener("beforeunload", leaving);
  part("forget").addEventListener("click", () => {
    if (confirm(words.status.forget)) unpair("");
  });
}

async function keepAwake() {
  if (document.visibilityState !== "visible") return;
  await navigator.wakeLock?.request("screen").catch(() => null); // a battery saver may say no
}

listen();
keepAwake();
document.addEventListener("visibilitychange", keepAwake);
const known = storedDevice();
const linked = new URLSearchParams(location.hash.slice(1)).has("pair");
begin(known && !linked ? known : await askToPair(words.pairing, ""));
