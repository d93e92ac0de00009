// Asks for a pairing code until the server has accepted one.
import { field, part } from "../shared/elements.js";
import { PairingFault, pair, pairingCodeOfAddress, storeDevice } from "./device.js";
import { wakeSound } from "./sounds.js";

/** @import { Device } from "../offline/gate.js" */
/** @import { Sentences } from "./words.js" */

const form = part("pairing", HTMLFormElement);
const problem = part("pairing-problem");
const code = field(form, "code");
const station = field(form, "station");

/** @param {string} sentence */
function say(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

/** @param {Sentences} words */
async function attempt(words) {
  try {
    const device = await pair(code.value, station.value.trim() || words.station);
    code.value = "";
    say((await storeDevice(device)) ? "" : words.storage);
    return device;
  } catch (fault) {
    if (!(fault instanceof PairingFault)) throw fault;
    say(words[fault.reason]);
    code.focus();
    return null;
  }
}

/**
 * Show the form with what was wrong so far, and return the paired device.
 * @param {Sentences} words
 * @param {string} reason
 * @returns {Promise<Device>}
 */
export function askToPair(words, reason) {
  const linked = pairingCodeOfAddress();
  form.hidden = false;
  code.value = linked;
  say(reason);
  (linked ? station : code).focus();
  return new Promise((paired) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      wakeSound(); // this click is the one that browsers want before any sound
      const device = await attempt(words);
      if (device) paired(device);
    };
  });
}
