// Asks for a pairing code until the server has accepted one.
import { PairingFault, pair, pairingCodeOfAddress, storeDevice } from "./device.js";
import { wakeSound } from "./sounds.js";

const form = document.getElementById("pairing");
const problem = document.getElementById("pairing-problem");

function say(sentence) {
  problem.textContent = sentence ?? "";
  problem.hidden = !sentence;
}

async function attempt(words) {
  const { code, station } = form.elements;
  try {
    const device = await pair(code.value, station.value.trim() || words.station);
    code.value = "";
    say(storeDevice(device) ? "" : words.storage);
    return device;
  } catch (fault) {
    if (!(fault instanceof PairingFault)) throw fault;
    say(words[fault.reason]);
    code.focus();
    return null;
  }
}

/** Show the form with what was wrong so far, and return the paired device. */
export function askToPair(words, reason) {
  const linked = pairingCodeOfAddress();
  form.hidden = false;
  form.elements.code.value = linked;
  say(reason);
  (linked ? form.elements.station : form.elements.code).focus();
  return new Promise((paired) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      wakeSound(); // this click is the one that browsers want before any sound
      const device = await attempt(words);
      if (device) paired(device);
    };
  });
}
