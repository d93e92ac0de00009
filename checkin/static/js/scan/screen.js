// The device's own screen: full, and with a sound that browsers allow after a click.
import { watchBattery } from "../shared/battery.js";
import { part } from "../shared/elements.js";
import { soundIsOn, wakeSound } from "./sounds.js";
import { fill, words } from "./words.js";

/** @import { Battery } from "../shared/battery.js" */

function offerFullScreen() {
  const button = part("full-screen");
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => null);
  });
}

function wakeSoundByTouch() {
  // A finger counts as a touch to browsers when it is lifted, a mouse when it is pressed.
  for (const kind of ["pointerdown", "pointerup", "keydown"]) {
    addEventListener(kind, () => {
      wakeSound(() => {
        part("mute").hidden = soundIsOn();
      });
    });
  }
}

/** @param {Battery} battery */
function showBattery({ percent, charging }) {
  const isLow = percent < words.low_battery_below && !charging;
  part("battery").hidden = !isLow;
  part("battery").textContent = fill(words.idle.battery_low, { percent });
}

/** Prepare the screen; what the device does not offer is left out. */
export function prepareScreen() {
  offerFullScreen();
  watchBattery(showBattery);
  wakeSoundByTouch();
}
