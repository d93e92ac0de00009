// Feeds camera frames to the decoder, one at a time: a slow machine reads fewer, and never lags.
import { ROOT } from "../../shared/root.js";

// Under the address that the page's worker rules over, or its files would not come from there.
const DECODER = `${ROOT}scan/decoder.js`;
// Twice the size finds the small codes, a sharper picture smaller ones, even light those under glare
// and moiré.
const STEPS = ["plain", "crisp", "evened", "doubled"];

/** A decoder that has said nothing for so long is replaced by a new one. */
const SILENT_MS = 3000;
/** A decoder that begins compiles its engine first: on an old laptop that takes seconds. */
const BEGINS_WITHIN_MS = 30_000;
const LOOK_MS = 500;
/** So many decoders in a row that never began: this browser cannot run one. */
const MOST_STARTS = 3;

/**
 * Return how the frame of this number is read.
 * @param {number} number
 */
export const stepOf = (number) => STEPS[number % STEPS.length];

/**
 * What a decoder answers: that it is ready or cannot run, the codes of a frame, or why a frame could
 * not be read.
 * @typedef {{ready?: boolean, fault?: string, texts?: string[], ms?: number, unread?: string}} Answer
 */

/**
 * Call `onCodes(texts, ms)` for each frame that was read, `onFault()` when no decoder can run. One that
 * has stopped is replaced.
 */
export class FrameReader {
  #busy = true; // until the decoder says that it is ready
  #count = 0;
  #since = performance.now(); // it has had something to do
  #isReady = false;
  #failedStarts = 0;
  /** @type {Worker | null} */
  #worker = null;

  /**
   * @param {HTMLVideoElement} video
   * @param {object} hears
   * @param {(texts: string[], ms: number) => void} hears.onCodes
   * @param {() => void} hears.onFault
   */
  constructor(video, { onCodes, onFault }) {
    this.video = video;
    this.onCodes = onCodes;
    this.onFault = onFault;
    this.#begin();
    this.#next();
    setInterval(() => this.#watch(), LOOK_MS);
  }

  #begin() {
    this.#busy = true;
    this.#isReady = false;
    this.#since = performance.now();
    const worker = new Worker(DECODER, { type: "module" });
    worker.onmessage = ({ data }) => worker === this.#worker && this.#answered(data);
    worker.onerror = () => worker === this.#worker && this.#replace();
    this.#worker = worker;
  }

  #watch() {
    if (!this.#worker || !this.#busy) return;
    const allowed = this.#isReady ? SILENT_MS : BEGINS_WITHIN_MS;
    if (performance.now() - this.#since > allowed) this.#replace();
  }

  #replace() {
    this.#worker?.terminate();
    this.#worker = null;
    if (!this.#isReady && ++this.#failedStarts >= MOST_STARTS) return this.onFault();
    this.#begin();
  }

  /** @param {Answer} data */
  #answered(data) {
    if (data.fault) return this.#replace();
    if (data.ready) this.#isReady = true;
    if (data.texts) this.#failedStarts = 0;
    this.#busy = false;
    if (data.texts) this.onCodes(data.texts, data.ms ?? 0);
  }

  #next() {
    const again = () => this.#look();
    if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(again);
    else requestAnimationFrame(again);
  }

  async #look() {
    this.#next();
    if (this.#busy || !this.#worker || this.video.readyState < 2 || !this.video.videoWidth) return;
    this.#busy = true;
    this.#since = performance.now();
    try {
      const frame = await createImageBitmap(this.video);
      const step = stepOf(this.#count++);
      this.#worker?.postMessage({ frame, step }, [frame]);
    } catch {
      this.#busy = false; // the camera went away between two frames
    }
  }
}
