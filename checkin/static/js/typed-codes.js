// Codes that are typed, and codes that a hand scanner "types" very fast, ending with Enter.
import { isBadgeCode, normaliseTyped } from "./badge-code.js";

const HAND_SCANNER_MS = 35; // between two keys; nobody types a badge code so fast

const OTHER_FIELDS = "input:not([type=radio], [type=checkbox]), select, textarea";

// A hand scanner presses the keys of an American keyboard. With a French or Arabic layout other
// letters come out of them, so the keys themselves are read where the letters make no code.
function letterOfKey(key) {
  return key.match(/^(?:Key|Digit|Numpad)([A-Z0-9])$/)?.[1] ?? "";
}

/** Collects the keys of one code: what they wrote, which keys they were, how fast they came. */
class Keys {
  pressed = "";
  times = [];

  press(event) {
    this.pressed += letterOfKey(event.code);
    this.times.push(event.timeStamp);
  }

  get source() {
    const took = this.times.at(-1) - this.times[0];
    return took / this.times.length < HAND_SCANNER_MS ? "wedge" : "typed";
  }
}

/** Return the code that was meant, or null when neither letters nor keys make one. */
export function codeMeant(written, pressed) {
  return [normaliseTyped(written), pressed].find(isBadgeCode) ?? null;
}

/**
 * Read codes from the form's field, whatever part of the page has the focus.
 * Calls `onCode(code, source)`, or `onSlip()` for what is no code.
 */
export function readTypedCodes(form, { onCode, onSlip }) {
  const field = form.elements.code;
  let keys = new Keys();

  addEventListener("keydown", (event) => {
    const { activeElement: active } = document;
    const elsewhere = active !== field && active?.matches(OTHER_FIELDS);
    if (field.disabled || elsewhere || event.ctrlKey || event.metaKey || event.altKey) return;
    // "لا" is one key of the Arabic layout, and an accent alone is called "Dead".
    if (event.key.length !== 1 && !letterOfKey(event.code)) return;
    if (event.key === " " && active !== field) return; // presses the button in focus
    if (active !== field) field.focus();
    if (!field.value) keys = new Keys();
    keys.press(event);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    const code = codeMeant(field.value, keys.pressed);
    field.value = "";
    if (code) onCode(code, keys.source);
    else onSlip();
    keys = new Keys();
  });
}
