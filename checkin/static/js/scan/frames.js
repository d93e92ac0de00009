// Feeds camera frames to the decoder, one at a time: a slow machine reads fewer, and never lags.

/**
 * Call `onCodes(texts, ms)` for each frame that was read, `onFault()` when the decoder cannot run.
 * Every other frame is read at twice its size, which finds the small codes.
 */
export class FrameReader {
  #busy = true; // until the decoder says that it is ready
  #count = 0;

  constructor(video, { onCodes, onFault }) {
    this.video = video;
    this.onCodes = onCodes;
    this.worker = new Worker(new URL("decoder-worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.#answered(data, onFault);
    this.worker.onerror = onFault;
    this.#next();
  }

  #answered(data, onFault) {
    if (data.fault) return onFault();
    this.#busy = false;
    if (data.texts) this.onCodes(data.texts, data.ms);
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
      const scale = this.#count++ % 2 ? 2 : 1;
      this.worker.postMessage({ frame, scale }, [frame]);
    } catch {
      this.#busy = false; // the camera went away between two frames
    }
  }
}
