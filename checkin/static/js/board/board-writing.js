// How the board writes: numbers, times and ages in the page's language, and what has just changed.

const language = document.documentElement.lang;
const grouped = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(language, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "UTC",
});

/**
 * Write a number. The narrow space of French thousands is too narrow to see from afar.
 * @param {number} value
 */
export const number = (value) => grouped.format(value).replaceAll("\u202f", "\u00a0");

/**
 * Writes a moment as the event's clocks show it, or an en dash for none.
 * @typedef {(moment: string | number | null | undefined) => string} LocalTime
 */

/**
 * Return what writes moments for an event.
 * @param {number} offsetS seconds by which the event's clocks are ahead of UTC, as the server tells
 *   it: browsers' own time zones grow old
 * @returns {LocalTime}
 */
export function localClock(offsetS) {
  return (moment) =>
    moment ? clock.format(new Date(new Date(moment).getTime() + 1000 * offsetS)) : "–";
}

/**
 * Fill {places} in a sentence.
 * @param {string} sentence
 * @param {Record<string, string>} values
 */
export const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/**
 * Write a text where it differs from what is there, so that eyes find what changed.
 * @param {HTMLElement} cell
 * @param {string} text
 */
export function write(cell, text) {
  if (cell.textContent === text) return;
  cell.textContent = text;
  cell.classList.remove("flash");
  void cell.offsetWidth; // restarts the animation
  cell.classList.add("flash");
}

/**
 * Make an element with a text.
 * @param {string} tag
 * @param {string} text
 * @param {Record<string, string>} attributes
 */
export function made(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
