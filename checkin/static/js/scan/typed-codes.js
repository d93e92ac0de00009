// Codes that are typed into the form's field, or that a hand scanner "types" there.
import { isBadgeCode, normaliseTyped } from "../offline/badge-code.js";
import { letterOfKey } from "./keys.js";

const HAND_SCANNER_MS = 35; // between two keys; nobody types a badge code so fast

/** Return the code that was meant, or null when neither letters nor keys make one. */
export function codeMeant(written, pressed) {
  return (
    [normaliseTyped(written), pressed, `M${normaliseTyped(written)}`].find(isBadgeCode) ?? null
  );
}

/** Call `onCode(written, pressed, source)` for each code sent from the form. */
export function readTypedCodes(form, onCode) {
  const field = form.elements.code;
  let pressed = "";
  let times = [];

  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation(); // it leaves the field; the refusal stays, to be overridden by a key
      return field.blur();
    }
    if (!field.value) [pressed, times] = ["", []];
    pressed += letterOfKey(event.code);
    times.push(event.timeStamp);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const written = field.value.trim();
    const pace = (times.at(-1) - times[0]) / times.length;
    field.value = "";
    if (written) onCode(written, pressed, pace < HAND_SCANNER_MS ? "wedge" : "typed");
  });
}
