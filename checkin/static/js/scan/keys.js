// Tells a hand scanner from a hand: both are the keyboard. Keys that follow each other faster than
// a hand are one code; single keys are commands, and wait the moment that it takes to be sure.

const GAP_MS = 80;
const SHORTEST = 6;
const FIELDS = "input:not([type=radio], [type=checkbox]), select, textarea, dialog *";

// A hand scanner presses the keys of an American keyboard. With a French or Arabic layout other
// letters come out of them, so the keys themselves are kept beside what they wrote.

/**
 * A key: what it wrote, and which one it is.
 * @typedef {{written: string, pressed: string}} Key
 */

/**
 * Hears what the keys were.
 * @typedef {object} KeysTold
 * @property {(written: string, pressed: string) => void} burst
 * @property {(letter: string) => void} key
 */

/**
 * Return the letter or digit that an American keyboard has on a key, or "".
 * @param {string} key its place, as `KeyboardEvent.code` names it
 */
export function letterOfKey(key) {
  return key.match(/^(?:Key|Digit|Numpad)([A-Z0-9])$/)?.[1] ?? "";
}

/** Collects single keys into what they were: {written, pressed} of a burst, or one key. */
class KeyCollector {
  /** @type {Key[]} */
  #keys = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {KeysTold} told */
  constructor(told) {
    this.told = told;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    clearTimeout(this.#timer);
    this.#keys.push({ written: event.key, pressed: letterOfKey(event.code) });
    this.#timer = setTimeout(() => this.end(), GAP_MS);
  }

  /** Tell what was collected; return whether it was a burst. */
  end() {
    clearTimeout(this.#timer);
    const keys = this.#keys;
    this.#keys = [];
    const joined = (/** @type {keyof Key} */ name) => keys.map((key) => key[name]).join("");
    if (keys.length >= SHORTEST) this.told.burst(joined("written"), joined("pressed"));
    else for (const key of keys) this.told.key(commandOf(key));
    return keys.length >= SHORTEST;
  }
}

/**
 * Tell of the keys pressed outside of any field.
 * @param {KeysTold} told
 */
export function readKeys(told) {
  const collector = new KeyCollector(told);
  addEventListener("keydown", (event) => {
    const busy = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
    const inField = document.activeElement?.matches(FIELDS);
    if (busy || inField || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter") {
      if (collector.end()) event.preventDefault();
      return;
    }
    if (event.key === "Escape") return told.key("Escape");
    // "لا" is one key of the Arabic layout, and an accent alone is called "Dead".
    if (event.key.length !== 1 && !letterOfKey(event.code)) return;
    if (event.key === " " && document.activeElement?.matches("button, summary, a, input")) return;
    // Or a space would scroll, and Firefox would search: ' and / open its search, and both are digits'
    // neighbours or digits on a French keyboard, so that it swallowed what a hand scanner types.
    event.preventDefault();
    collector.press(event);
  });
}

/**
 * The letter on the key where the layout has Latin ones; an Arabic layout has the American places.
 * @param {Key} key
 */
function commandOf({ written, pressed }) {
  return /^[\x20-\x7e]$/.test(written) ? written.toUpperCase() : pressed;
}
