// The camera's part of the scan page: picture, choice, mirror, torch, and what to do when it fails.
import { cameras, looksAtViewer, startCamera, stopCamera } from "./camera.js";
import { FrameReader } from "./frames.js";
import { fill } from "./words.js";

const CHOICE = "marhaba.camera";
const MIRROR = "marhaba.mirror";

function kept(place) {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

function keep(place, value) {
  try {
    localStorage.setItem(place, value);
  } catch {
    // the choice lasts as long as the page
  }
}

export class CameraStation {
  #reader = null;

  constructor(words, { onCodes }) {
    this.words = words;
    this.onCodes = onCodes;
    this.video = document.getElementById("video");
    this.problem = document.getElementById("camera-problem");
    this.select = document.getElementById("camera");
    this.mirror = document.getElementById("mirror");
    this.torch = document.getElementById("torch");
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
      this.#failed(fault.fix ?? "failed");
    }
  }

  stop() {
    stopCamera(this.video);
  }

  #listen() {
    document.getElementById("camera-again").addEventListener("click", () => this.start());
    this.select.addEventListener("change", () => {
      keep(CHOICE, this.select.value);
      this.stop();
      this.start();
    });
    this.mirror.addEventListener("change", () => {
      keep(MIRROR, this.mirror.checked);
      this.#showMirrored();
    });
    this.torch.addEventListener("change", () => {
      const [track] = this.video.srcObject?.getVideoTracks() ?? [];
      track?.applyConstraints({ advanced: [{ torch: this.torch.checked }] });
    });
  }

  async #offerChoices(stream) {
    const [track] = stream.getVideoTracks();
    const options = (await cameras()).map(({ deviceId, label }, index) => {
      const name = label || fill(this.words.numbered, { number: index + 1 });
      return new Option(name, deviceId, false, deviceId === track.getSettings().deviceId);
    });
    this.select.replaceChildren(...options);
    this.torch.parentElement.hidden = !track.getCapabilities?.().torch;
    this.mirror.checked = (kept(MIRROR) ?? String(looksAtViewer(stream))) === "true";
    this.#showMirrored();
  }

  #showMirrored() {
    this.video.classList.toggle("mirrored", this.mirror.checked);
  }

  #read(texts, ms) {
    this.video.dataset.frames = Number(this.video.dataset.frames ?? 0) + 1;
    this.video.dataset.ms = ms.toFixed(1);
    this.onCodes(texts);
  }

  #failed(fix) {
    this.problem.querySelector("p").textContent = this.words[fix];
    this.problem.dataset.fix = fix;
    document.getElementById("camera-trust").hidden = fix !== "insecure";
    this.problem.hidden = false;
  }
}
