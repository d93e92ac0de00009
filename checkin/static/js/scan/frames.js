// Feeds camera frames to the decoder, one at a time: a slow machine reads fewer, and never lags.
import { ROOT } from "../shared/root.js";

// Under the address that the page's worker rules over, or its files would not come from there.
const DECODER = `${ROOT}scan/decoder.js`;
// Twice the size finds the small codes, even light those under glare and moiré.
const STEPS = ["plain", "doubled", "evened", "doubled"];

/**
 * Return how the frame of this number is read.
 * @param {number} number
 */
export const stepOf = (number) => STEPS[number % STEPS.length];

/**
 * Call `onCodes(texts, ms)` for each frame that was read, `onFault()` when the decoder cannot run.
 */
export class FrameReader {
  #busy = true; // until the decoder says that it is ready
  #count = 0;

  /**
   * @param {HTMLVideoElement} video
   * @param {object} hears
   * @param {(texts: string[], ms: number) => void} hears.onCodes
   * @param {() => void} hears.onFault
   */
  constructor(video, { onCodes, onFault }) {
    this.video = video;
    this.onCodes = onCodes;
    this.worker = new Worker(DECODER, { type: "module" });
    this.worker.onmessage = ({ data }) => this.#answered(data, onFault);
    this.worker.onerror = onFault;
    this.#next();
  }

  /**
   * @param {{ready?: boolean, fault?: string, texts?: string[], ms?: number}} data
   * @param {() => void} onFault
   */
  #answered(data, onFault) {
    if (data.fault) return onFault();
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
    if (this.#busy || this.video.readyState < 2 || !this.video.videoWidth) return;
    this.#busy = true;
    try {
      const frame = await createImageBitmap(this.video);
      const step = stepOf(this.#count++);
      this.worker.postMessage({ frame, step }, [frame]);
    } catch {
      this.#busy = false; // the camera went away between two frames
    }
  }
}
