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

/**
 * @returns {OffscreenCanvasRenderingContext2D}
 */
const drawing = () =>
  /** @type {OffscreenCanvasRenderingContext2D} */ (
    new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }) // never null the first time
  );

const context = drawing();
const sharper = drawing();

/**
 * Return a picture's pixels in another size.
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 * @param {string} filter
 * @param {OffscreenCanvasRenderingContext2D} on
 */
function pixels(picture, width, height, filter = "none", on = context) {
  const { canvas } = on;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  // Linear enlarging smooths away the modules of codes that are far away.
  on.imageSmoothingQuality = "high";
  on.filter = filter;
  on.drawImage(picture, 0, 0, width, height);
  return on.getImageData(0, 0, width, height);
}

/** @param {ImageBitmap} frame */
const asItIs = (frame) => pixels(frame, frame.width, frame.height);

/** @param {CanvasImageSource & {width: number, height: number}} picture */
const twice = (picture) => pixels(picture, 2 * picture.width, 2 * picture.height);

/** @param {ImageBitmap} frame */
function crisp(frame) {
  sharpen(pixels(frame, frame.width, frame.height, "none", sharper), sharper);
  return sharper.canvas;
}

/**
 * Undo what a lens smooths from one pixel to the next, and draw the grey result.
 * @param {ImageData} picture
 * @param {OffscreenCanvasRenderingContext2D} on
 */
function sharpen(picture, on) {
  const { width, height, data } = picture;
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at++) {
    const [red, green, blue] = [data[4 * at], data[4 * at + 1], data[4 * at + 2]];
    grey[at] = (77 * red + 150 * green + 29 * blue) >> 8;
  }
  for (let row = 1; row < height - 1; row++) {
    const last = (row + 1) * width - 1;
    for (let at = row * width + 1; at < last; at++) {
      const around = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width];
      const level = 5 * grey[at] - around; // the array keeps it from 0 to 255
      data[4 * at] = level;
      data[4 * at + 1] = level;
      data[4 * at + 2] = level;
    }
  }
  on.putImageData(picture, 0, 0);
}

const steps = {
  plain: (/** @type {ImageBitmap} */ frame) => readBarcodes(asItIs(frame), OPTIONS),
  doubled: (/** @type {ImageBitmap} */ frame) => readBarcodes(twice(frame), OPTIONS),
  crisp: (/** @type {ImageBitmap} */ frame) => readBarcodes(twice(crisp(frame)), OPTIONS),
  evened: async (/** @type {ImageBitmap} */ frame) => [
    ...(await steps.plain(frame)),
    ...(await readBarcodes(pixels(frame, frame.width, frame.height, BLUR), EVEN_LIGHT)),
  ],
};

/**
 * @param {ImageBitmap} frame
 * @param {Step} step
 */
async function textsIn(frame, step) {
  try {
    const read = await steps[step](frame);
    return [...new Set(read.filter((code) => code.isValid).map((code) => code.text))];
  } finally {
    frame.close();
  }
}

/** @param {MessageEvent<{frame: ImageBitmap, step: Step}>} message */
self.onmessage = async ({ data: { frame, step } }) => {
  const began = performance.now();
  try {
    const texts = await textsIn(frame, step);
    self.postMessage({ texts, ms: performance.now() - began });
  } catch (fault) {
    // One frame that cannot be read must not end the reading: the page goes on with the next.
    self.postMessage({ unread: String(fault) });
  }
};

try {
  await prepareZXingModule({ overrides: { locateFile: () => WASM }, fireImmediately: true });
  self.postMessage({ ready: true });
} catch (fault) {
  self.postMessage({ fault: String(fault) });
}
