// The device's own screen: awake, full, and with a sound that browsers allow after a click.
import { part } from "../shared/elements.js";
import { soundIsOn, wakeSound } from "./sounds.js";

async function keepAwake() {
  if (document.visibilityState !== "visible") return;
  await navigator.wakeLock?.request("screen").catch(() => null); // a battery saver may say no
}

function offerFullScreen() {
  const button = part("full-screen");
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => null);
  });
}

function wakeSoundByTouch() {
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => {
      wakeSound(() => {
        part("mute").hidden = soundIsOn();
      });
    });
  }
}

/** Prepare the screen; what the device does not offer is left out. */
export function prepareScreen() {
  keepAwake();
  document.addEventListener("visibilitychange", keepAwake);
  offerFullScreen();
  wakeSoundByTouch();
}
