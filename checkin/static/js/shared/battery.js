// This device's battery, where the browser tells (Chromium's do): gates warn of it, and boards.

/** @typedef {{percent: number, charging: boolean}} Battery */
/** @typedef {EventTarget & {level: number, charging: boolean}} BatteryManager */

/** @type {Battery | null} */
let known = null;

/**
 * Watch the battery from now on.
 * @param {(battery: Battery) => void} told called now and at each change
 */
export async function watchBattery(told) {
  const asking = /** @type {{getBattery?: () => Promise<BatteryManager>}} */ (navigator);
  const manager = await asking.getBattery?.().catch(() => null);
  if (!manager) return;
  const note = () => {
    known = { percent: Math.round(manager.level * 100), charging: manager.charging };
    told(known);
  };
  manager.addEventListener("levelchange", note);
  manager.addEventListener("chargingchange", note);
  note();
}

/**
 * Return what the server is told of the battery; nothing where it is not known.
 * @returns {Record<string, string>}
 */
export function batteryTold() {
  return known ? { battery: String(known.percent), charging: String(known.charging) } : {};
}
