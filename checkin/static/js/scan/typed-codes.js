// Codes that are typed into the form's field, or that a hand scanner "types" there.
import { isBadgeCode, normaliseTyped } from "../offline/badge-code.js";
import { field } from "../shared/elements.js";
import { letterOfKey } from "./keys.js";

const HAND_SCANNER_MS = 35; // between two keys; nobody types a badge code so fast

/**
 * Return the code that was meant, or null when neither letters nor keys make one.
 * @param {string} written
 * @param {string} pressed
 */
export function codeMeant(written, pressed) {
  return (
    [normaliseTyped(written), pressed, `M${normaliseTyped(written)}`].find(isBadgeCode) ?? null
  );
}

/**
 * Tell of each code sent from the form.
 * @param {HTMLFormElement} form
 * @param {(written: string, pressed: string, source: "wedge" | "typed") => void} onCode
 */
export function readTypedCodes(form, onCode) {
  const code = field(form, "code");
  let pressed = "";
  /** @type {number[]} */
  let times = [];

  code.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation(); // it leaves the field; the refusal stays, to be overridden by a key
      return code.blur();
    }
    if (!code.value) [pressed, times] = ["", []];
    pressed += letterOfKey(event.code);
    times.push(event.timeStamp);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const written = code.value.trim();
    const pace = (times[times.length - 1] - times[0]) / times.length;
    code.value = "";
    if (written) onCode(written, pressed, pace < HAND_SCANNER_MS ? "wedge" : "typed");
  });
}
