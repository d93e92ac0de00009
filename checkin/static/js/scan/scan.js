// The scan page: a device at a gate reads badges and shows the verdicts, with the network or without.

import { KeyLost } from "../offline/store/device-key.js";
import { part } from "../shared/elements.js";
import { keptName } from "../shared/root.js";
import { storedDevice } from "./device.js";
import { keepPageForOffline } from "./keep-page.js";
import { askToPair } from "./pairing-form.js";
import { prepareScreen } from "./screen.js";
import { Station } from "./station.js";
import { words } from "./words.js";

const LOCK = keptName("marhaba-door"); // a tab that still has an earlier version asks for the same

/** Wait until no other tab is at this gate: two would give the same lent places away. */
async function alone() {
  const notice = part("other-tab");
  if (!navigator.locks) return; // without https there are no leases either
  const held = await new Promise((answer) => {
    navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
      answer(Boolean(lock));
      return lock && new Promise(() => {});
    });
  });
  if (held) return;
  notice.hidden = false;
  await new Promise((granted) => {
    navigator.locks.request(LOCK, () => {
      granted(true);
      return new Promise(() => {});
    });
  });
  notice.hidden = true;
}

/** Return the device that this browser keeps, or ask for a pairing. */
async function pairedDevice() {
  const linked = new URLSearchParams(location.hash.slice(1)).has("pair");
  try {
    const known = linked ? null : await storedDevice();
    return known ?? (await askToPair(words.pairing, ""));
  } catch (fault) {
    if (!(fault instanceof KeyLost)) throw fault;
    return askToPair(words.pairing, words.status.erased);
  }
}

async function begin() {
  document.documentElement.dataset.started = "yes"; // old-browser.js asks for it
  prepareScreen();
  keepPageForOffline();
  const station = new Station();
  await alone();
  await station.begin(await pairedDevice());
}

begin();
