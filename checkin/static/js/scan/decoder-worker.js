// Reads QR codes in camera frames, away from the page's own thread.
import { prepareZXingModule, readBarcodes } from "../../vendor/zxing-wasm/es/reader/index.js";

const WASM = new URL("../../vendor/zxing-wasm/zxing_reader.wasm", import.meta.url).href;
// QRCodeModel2 leaves out Micro QR, which "reads" numbers in noise.
const OPTIONS = { formats: ["QRCodeModel2"], textMode: "Plain", maxNumberOfSymbols: 8 };

const canvas = new OffscreenCanvas(1, 1);
const context = canvas.getContext("2d", { willReadFrequently: true });

function pixels(frame, scale) {
  const [width, height] = [frame.width * scale, frame.height * scale];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  context.drawImage(frame, 0, 0, width, height);
  frame.close();
  return context.getImageData(0, 0, width, height);
}

self.onmessage = async ({ data: { frame, scale } }) => {
  const began = performance.now();
  const found = await readBarcodes(pixels(frame, scale), OPTIONS);
  const texts = found.filter((code) => code.isValid).map((code) => code.text);
  self.postMessage({ texts, ms: performance.now() - began });
};

try {
  await prepareZXingModule({ overrides: { locateFile: () => WASM }, fireImmediately: true });
  self.postMessage({ ready: true });
} catch (fault) {
  self.postMessage({ fault: String(fault) });
}
