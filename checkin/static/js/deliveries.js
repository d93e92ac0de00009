// Sends scans until the server has answered. One scan keeps its scan_id through every attempt,
// so that it is recorded once however often the network fails.

const ANSWER_WITHIN_MS = 4_000;
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function randomId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // RFC 9562, version 4; randomUUID needs a secure origin
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

export function newScan(code, type, source) {
  return { scan_id: randomId(), code, type, source, scanned_at: new Date().toISOString() };
}

/** How one attempt ended: {reply}, {revoked}, {failed} or {again}. */
async function attempt(scan, token) {
  try {
    const answer = await fetch("/api/v1/scans", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
      body: JSON.stringify(scan),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    if (answer.status === 200) return { reply: await answer.json() };
    if (answer.status === 401) return { revoked: true };
    if (answer.status >= 500 || answer.status === 429) return { again: true };
    return { failed: true };
  } catch {
    return { again: true };
  }
}

/** Sends scans with a device's token; `waiting` counts those that are not confirmed yet. */
export class Deliveries {
  waiting = 0;

  constructor(token, onWaiting) {
    this.token = token;
    this.onWaiting = onWaiting;
  }

  /** Send a scan until it is answered; `onUnconfirmed` is called when the first attempt fails. */
  async send(scan, onUnconfirmed) {
    this.#count(1);
    for (let failures = 0; ; failures++) {
      const ended = await attempt(scan, this.token);
      if (!ended.again) {
        this.#count(-1);
        return ended;
      }
      if (failures === 0) onUnconfirmed(scan);
      await pause(PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]);
    }
  }

  #count(change) {
    this.waiting += change;
    this.onWaiting(this.waiting);
  }
}
