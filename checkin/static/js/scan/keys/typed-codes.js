// Codes that are typed into the form's field, or that a hand scanner "types" there.
import { field } from "../../shared/elements.js";
import { isWholeCode, placeOfKey } from "./code-meant.js";

const HAND_SCANNER_MS = 35; // between two keys; nobody types a badge code so fast

/**
 * Tell of each code sent from the form, or typed to its last letter.
 * @param {HTMLFormElement} form
 * @param {(written: string, places: string, source: "wedge" | "typed") => void} onCode
 */
export function readTypedCodes(form, onCode) {
  const code = field(form, "code");
  /** @type {string[]} */
  let places = [];
  /** @type {number[]} */
  let times = [];

  code.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation(); // it leaves the field; the refusal stays, to be overridden by a key
      return code.blur();
    }
    if (!code.value) [places, times] = [[], []];
    if (event.key === "Backspace") places.pop();
    else if (placeOfKey(event.code)) places.push(placeOfKey(event.code));
    times.push(event.timeStamp);
  });

  const take = () => {
    const written = code.value.trim();
    const pace = (times[times.length - 1] - times[0]) / times.length;
    code.value = "";
    if (written) onCode(written, places.join(""), pace < HAND_SCANNER_MS ? "wedge" : "typed");
  };

  // A hand scanner may end with nothing, or with Tab.
  code.addEventListener("input", () => {
    if (isWholeCode(code.value, places.join(""))) take();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take();
  });
}
