// What this browser is to the server: a device at a gate, with a token.
import {
  canSeal,
  forgetKey,
  keepText,
  keptText,
  seal,
  unseal,
} from "../offline/store/device-key.js";
import { keptName, ROOT } from "../shared/root.js";

const PLACE = keptName("marhaba.device");
const PAIR_WITHIN_MS = 10_000;
/** @import { Device } from "../offline/gate.js" */

/** @type {Record<number, string>} */
const FAULTS = { 401: "wrong", 400: "wrong", 429: "limited" };

/** Pairing failed; `reason` is the key of the sentence that helps. */
export class PairingFault extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Return the device as this browser keeps it, or null; throws KeyLost where it cannot be opened.
 * @returns {Promise<Device | null>}
 */
export async function storedDevice() {
  const kept = parsed(await keptHere()) ?? parsed(keptByEarlierVersion());
  if (!kept) return null;
  const device = "sealed" in kept ? JSON.parse(await unseal(kept.sealed)) : kept;
  if (keptByEarlierVersion()) await storeDevice(device);
  return device;
}

/**
 * @param {string | null | undefined} text
 * @returns {Device | {sealed: string} | null}
 */
function parsed(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}

async function keptHere() {
  try {
    return await keptText();
  } catch {
    return null; // private windows keep nothing
  }
}

/** Return what version 1.0 has kept in localStorage. */
function keptByEarlierVersion() {
  try {
    return localStorage.getItem(PLACE);
  } catch {
    return null;
  }
}

/**
 * Keep the device, sealed where browsers can; false where this one keeps nothing (private windows).
 * @param {Device} device
 */
export async function storeDevice(device) {
  try {
    const text = JSON.stringify(device);
    await keepText(canSeal() ? JSON.stringify({ sealed: await seal(text) }) : text);
    localStorage.removeItem(PLACE);
    return true;
  } catch {
    return false;
  }
}

export async function forgetDevice() {
  try {
    localStorage.removeItem(PLACE);
    await forgetKey();
  } catch {
    // nothing was kept, so nothing is left
  }
}

/** Return the pairing code of the address (/scan#pair=CODE) and take it out of the address. */
export function pairingCodeOfAddress() {
  const code = new URLSearchParams(location.hash.slice(1)).get("pair");
  if (code) history.replaceState(null, "", location.pathname + location.search);
  return code ?? "";
}

function software() {
  return `marhaba-web/${document.documentElement.dataset.version}`;
}

/**
 * Exchange a pairing code for a token.
 * @param {string} code
 * @param {string} name
 * @returns {Promise<Device>}
 */
export async function pair(code, name) {
  const body = { pairing_code: code, device_name: name, software: software() };
  let answer;
  try {
    answer = await fetch(`${ROOT}api/v1/devices/pair`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(PAIR_WITHIN_MS),
    });
  } catch {
    throw new PairingFault("network");
  }
  if (answer.status !== 201) throw new PairingFault(FAULTS[answer.status] ?? "network");
  const { device_id: id, device_token: token, gate, event, public_key } = await answer.json();
  return { id, token, gate, event, name, public_key };
}
