// Hears the keys that are pressed outside of any field: a hand scanner's code, or commands.
import { meantKey, placeOfKey } from "./code-meant.js";
import { KeyCollector } from "./key-collector.js";

/** @import { Burst, Key } from "./key-collector.js" */

const FIELDS = "input:not([type=radio], [type=checkbox]), select, textarea";
const PRESSED_BY_SPACE = "button, summary, a, input";
const NAMED = ["Enter", "Tab", "Escape"];
const WRITES_LATER = ["Dead", "Process", "Unidentified"]; // an accent that waits for its letter
/** Commands that act at once: something is typed after them, and the next badge after a space. */
export const OPENING = "tfow ";

/**
 * Hears what the keys were.
 * @typedef {object} KeysTold
 * @property {(text: string, places: string) => void} burst
 * @property {(command: string) => void} key
 */

/**
 * Tell of the keys pressed outside of any field.
 * @param {KeysTold} told
 */
export function readKeys(told) {
  const collector = new KeyCollector(OPENING);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {(Key | Burst)[]} events */
  function passOn(events) {
    if (document.querySelector("dialog[open]")) return; // it is answered before anything else
    for (const event of events) {
      if ("text" in event) told.burst(event.text, event.places);
      else told.key(commandOf(event));
    }
  }

  addEventListener("keydown", (event) => {
    const key = keyOf(event);
    if (!key || isElsewhere(event)) return;
    const events = collector.pressed(key, event.timeStamp);
    // What ends a code presses no button and moves no focus. No letter scrolls, or searches: ' and /
    // open Firefox's search, and are digits' neighbours or digits on a French keyboard.
    if (!events.includes(key)) event.preventDefault();
    passOn(events);
    clearTimeout(timer);
    timer = setTimeout(() => passOn(collector.atTime(Infinity)), collector.patienceMs);
  });
}

/**
 * Return the key that no field and no browser's command gets, or null for keys that write nothing.
 * @param {KeyboardEvent} event
 * @returns {Key | null}
 */
function keyOf(event) {
  const { key, code } = event;
  if (NAMED.includes(key)) return { name: key, place: "" };
  if (WRITES_LATER.includes(key))
    return placeOfKey(code) ? { name: "", place: placeOfKey(code) } : null;
  // "لا" is one key of the Arabic layout; the names of other keys are English.
  return /^[A-Z]\w/.test(key) ? null : { name: key, place: placeOfKey(code) };
}

/** @param {KeyboardEvent} event */
function isElsewhere(event) {
  const at = document.activeElement;
  const pressesIt = event.key === " " && at?.matches(PRESSED_BY_SPACE);
  const isCommand = event.ctrlKey || event.metaKey || event.altKey || event.repeat;
  return isCommand || pressesIt || at?.matches(FIELDS);
}

/** @param {Key} key */
function commandOf({ name, place }) {
  if (NAMED.includes(name)) return name;
  return meantKey(name, place).toUpperCase();
}
