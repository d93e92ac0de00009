// Walk-ins whom this gate let in by itself, on a place that it was lent: kept so that only the server
// can read their names, until it has registered them. Formats: checkin/protocol/walk_ins.py.
import { bytesOf, randomId, textOf, utf8 } from "./bytes.js";
import { byPosition, nextPosition } from "./memory.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const NONCE_BYTES = 12;

/** Begin the registration of somebody; the id is one for all tries. `delegation`: {id, name, …}. */
export function newcomerNamed(name, delegation) {
  return { id: randomId(), name, delegation };
}

/** Return the name in the field of its script. */
export function namesOf({ name }) {
  return { [/[\u0600-\u06ff]/.test(name) ? "name_ar" : "name"]: name };
}

/** Return what registers a walk-in, its name sealed with the key of a lease. */
export async function sealedWalkIn(newcomer, key) {
  const person = { ...namesOf(newcomer), allow_duplicate: true };
  const sealed = await seal(key, newcomer.id, JSON.stringify(person));
  return { id: newcomer.id, delegation_id: newcomer.delegation.id, sealed };
}

async function seal(key, id, clear) {
  const theirs = await crypto.subtle.importKey("raw", bytesOf(key), CURVE, false, []);
  const once = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const agreed = { name: "ECDH", public: theirs };
  const secret = await crypto.subtle.deriveBits(agreed, once.privateKey, 256);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const how = { name: "AES-GCM", iv, additionalData: utf8(id) };
  const cipher = await crypto.subtle.encrypt(how, await cipherKey(secret), utf8(clear));
  const point = await crypto.subtle.exportKey("raw", once.publicKey);
  return textOf(Uint8Array.from([point, iv, cipher].flatMap((part) => [...new Uint8Array(part)])));
}

async function cipherKey(secret) {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = utf8("marhaba walk-in");
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]);
}

/** Those who wait; a change is on the disk when it returns. */
export class WaitingWalkIns {
  #rows;

  /** @param waiting, setAside the spool's rows by scan_id, which these become */
  constructor(storage, rows, { waiting, setAside, memory }) {
    Object.assign(this, { storage, waiting, setAside, memory });
    this.#rows = new Map(byPosition(rows).map((row) => [row.scan_id, row]));
  }

  get count() {
    return this.#rows.size;
  }

  get all() {
    return [...this.#rows.values()];
  }

  has(scanId) {
    return this.#rows.has(scanId);
  }

  /** Make safe that somebody is let in, and what place that takes. */
  async takeIn(walkIn, scan, { decided, passage }, frame) {
    const row = {
      scan_id: scan.scan_id, position: nextPosition(this.#rows), walk_in: walkIn, scan, decided, frame,
      lease_id: passage.lease_id,
    };
    const counted = this.memory.rowOf(passage);
    await this.storage.write(["walk_ins", "passages"], (store) => {
      store("walk_ins").put(row);
      store("passages").put(counted);
    });
    this.#rows.set(row.scan_id, row);
    this.memory.believe(counted);
  }

  /** Let the entry of a registered walk-in wait as any other, now that it has a code. */
  async registered({ walk_in: _, ...row }, code, tag, participantId) {
    const scan = { ...row.scan, code };
    const waits = { ...row, scan, position: nextPosition(this.waiting) };
    const known = this.memory.whose(row.scan_id, tag, participantId);
    await this.storage.write(["walk_ins", "waiting", "passages"], (store) => {
      store("waiting").put(waits);
      store("walk_ins").delete(row.scan_id);
      if (known) store("passages").put(known);
    });
    this.waiting.set(row.scan_id, waits);
    this.#rows.delete(row.scan_id);
    this.memory.believe(known);
  }

  /** Move one whom the server will never take to the list for a person to look at. */
  async putAside({ scan_id, scan, walk_in }, error) {
    const aside = { scan_id, scan: { ...scan, walk_in }, error };
    await this.storage.write(["walk_ins", "set_aside"], (store) => {
      store("set_aside").put(aside);
      store("walk_ins").delete(scan_id);
    });
    this.setAside.set(scan_id, aside);
    this.#rows.delete(scan_id);
  }
}
