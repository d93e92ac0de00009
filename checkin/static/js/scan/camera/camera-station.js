// The camera's part of the scan page: picture, choice, mirror, torch, and what to do when it fails.
import { part, within } from "../../shared/elements.js";
import { fill } from "../words.js";
import {
  CameraFault,
  cameras,
  looksAtViewer,
  startCamera,
  stopCamera,
  streamOf,
} from "./camera.js";
import { FrameReader } from "./frames.js";

/** @import { Sentences } from "../words.js" */

/**
 * What a camera with a torch adds to the standard.
 * @typedef {MediaTrackCapabilities & {torch?: boolean}} TorchCapabilities
 * @typedef {MediaTrackConstraintSet & {torch: boolean}} TorchConstraint
 */

const CHOICE = "marhaba.camera";
const MIRROR = "marhaba.mirror";

/** @param {string} place */
function kept(place) {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

/**
 * @param {string} place
 * @param {string} value
 */
function keep(place, value) {
  try {
    localStorage.setItem(place, value);
  } catch {
    // the choice lasts as long as the page
  }
}

export class CameraStation {
  /** @type {FrameReader | null} */
  #reader = null;

  /**
   * @param {Sentences} words
   * @param {{onCodes: (texts: string[]) => void}} hears
   */
  constructor(words, { onCodes }) {
    this.words = words;
    this.onCodes = onCodes;
    this.video = part("video", HTMLVideoElement);
    this.problem = part("camera-problem");
    this.select = part("camera", HTMLSelectElement);
    this.mirror = part("mirror", HTMLInputElement);
    this.torch = part("torch", HTMLInputElement);
    this.#listen();
  }

  async start() {
    try {
      const stream = await startCamera(this.video, kept(CHOICE));
      stream.getVideoTracks()[0].addEventListener("ended", () => this.#failed("failed"));
      this.problem.hidden = true;
      await this.#offerChoices(stream);
      this.#reader ??= new FrameReader(this.video, {
        onCodes: (texts, ms) => this.#read(texts, ms),
        onFault: () => this.#failed("decoder"),
      });
    } catch (fault) {
      this.#failed(fault instanceof CameraFault ? fault.fix : "failed");
    }
  }

  stop() {
    stopCamera(this.video);
  }

  #listen() {
    part("camera-again").addEventListener("click", () => this.start());
    this.select.addEventListener("change", () => {
      keep(CHOICE, this.select.value);
      this.stop();
      this.start();
    });
    this.mirror.addEventListener("change", () => {
      keep(MIRROR, String(this.mirror.checked));
      this.#showMirrored();
    });
    this.torch.addEventListener("change", () => {
      const [track] = streamOf(this.video)?.getVideoTracks() ?? [];
      /** @type {TorchConstraint} */
      const wanted = { torch: this.torch.checked };
      track?.applyConstraints({ advanced: [wanted] });
    });
  }

  /** @param {MediaStream} stream */
  async #offerChoices(stream) {
    const [track] = stream.getVideoTracks();
    const options = (await cameras()).map(({ deviceId, label }, index) => {
      const name = label || fill(this.words.numbered, { number: index + 1 });
      return new Option(name, deviceId, false, deviceId === track.getSettings().deviceId);
    });
    this.select.replaceChildren(...options);
    /** @type {TorchCapabilities} */
    const able = track.getCapabilities?.() ?? {};
    const label = this.torch.parentElement;
    if (label) label.hidden = !able.torch;
    this.mirror.checked = (kept(MIRROR) ?? String(looksAtViewer(stream))) === "true";
    this.#showMirrored();
  }

  #showMirrored() {
    this.video.classList.toggle("mirrored", this.mirror.checked);
  }

  /**
   * @param {string[]} texts
   * @param {number} ms
   */
  #read(texts, ms) {
    this.video.dataset.frames = String(Number(this.video.dataset.frames ?? 0) + 1);
    this.video.dataset.ms = ms.toFixed(1);
    this.onCodes(texts);
  }

  /** @param {string} fix */
  #failed(fix) {
    within(this.problem, "p").textContent = this.words[fix];
    this.problem.dataset.fix = fix;
    part("camera-trust").hidden = fix !== "insecure";
    this.problem.hidden = false;
  }
}
