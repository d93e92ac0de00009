// Reads QR codes in camera frames, away from the page's own thread.
// It is served as scan/decoder.js, so that is where these paths begin.
import { prepareZXingModule, readBarcodes } from "../static/vendor/zxing-wasm/es/reader/index.js";

const WASM = new URL("../static/vendor/zxing-wasm/zxing_reader.wasm", import.meta.url).href;
// QRCodeModel2 leaves out Micro QR, which "reads" numbers in noise.
const OPTIONS = { formats: ["QRCodeModel2"], textMode: "Plain", maxNumberOfSymbols: 8 };

// One threshold for the whole picture after a light blur: against glare, noise and moiré.
const EVEN_LIGHT = { ...OPTIONS, binarizer: "GlobalHistogram" };
const BLUR = "blur(1px)"; // Safari's canvas has no filter: there only the threshold helps

/** @typedef {keyof typeof steps} Step */

const canvas = new OffscreenCanvas(1, 1);
const context = /** @type {OffscreenCanvasRenderingContext2D} */ (
  canvas.getContext("2d", { willReadFrequently: true }) // never null for the first context asked for
);

/**
 * @param {ImageBitmap} frame
 * @param {number} scale
 * @param {string} filter
 */
function pixels(frame, scale, filter = "none") {
  const [width, height] = [frame.width * scale, frame.height * scale];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.filter = filter;
  context.drawImage(frame, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

const steps = {
  plain: (/** @type {ImageBitmap} */ frame) => readBarcodes(pixels(frame, 1), OPTIONS),
  doubled: (/** @type {ImageBitmap} */ frame) => readBarcodes(pixels(frame, 2), OPTIONS),
  evened: async (/** @type {ImageBitmap} */ frame) => [
    ...(await steps.plain(frame)),
    ...(await readBarcodes(pixels(frame, 1, BLUR), EVEN_LIGHT)),
  ],
};

/** @param {MessageEvent<{frame: ImageBitmap, step: Step}>} message */
self.onmessage = async ({ data: { frame, step } }) => {
  const began = performance.now();
  const read = await steps[step](frame);
  frame.close();
  const texts = new Set(read.filter((code) => code.isValid).map((code) => code.text));
  self.postMessage({ texts: [...texts], ms: performance.now() - began });
};

try {
  await prepareZXingModule({ overrides: { locateFile: () => WASM }, fireImmediately: true });
  self.postMessage({ ready: true });
} catch (fault) {
  self.postMessage({ fault: String(fault) });
}
