// Prints a new badge through the browser's print dialogue: a picture of it, alone on a page of its size.
import { part } from "../shared/elements.js";

/** @import { NewBadge } from "../server/line.js" */

/**
 * Print a badge; nothing of it stays in the page once the dialogue is closed.
 * @param {NewBadge} badge
 */
export async function printBadge({ png, width_mm: width, height_mm: height }) {
  const picture = part("printed-badge", HTMLImageElement);
  picture.src = `data:image/png;base64,${png}`;
  picture.style.width = `${width}mm`;
  picture.style.height = `${height}mm`;
  await picture.decode();
  const { dataset } = document.documentElement;
  dataset.printing = "badge";
  const clear = () => {
    delete dataset.printing;
    picture.removeAttribute("src");
  };
  addEventListener("afterprint", clear, { once: true });
  print();
}
