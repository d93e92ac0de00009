// How the board writes: numbers, times and ages in the page's language, and what has just changed.

const language = document.documentElement.lang;
const grouped = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(language, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  timeZone: "UTC",
});

// The narrow space of French thousands is too narrow to see from afar.
export const number = (value) => grouped.format(value).replaceAll("\u202f", "\u00a0");

/** Return a function that writes a moment as the event's clocks show it, or an en dash for none. */
export function localClock(offsetS) {
  // The server tells how far the event's clocks are from UTC: browsers' own time zones grow old.
  return (moment) =>
    moment ? clock.format(new Date(new Date(moment).getTime() + 1000 * offsetS)) : "–";
}

/** Fill {places} in a sentence. */
export const fill = (sentence, values) =>
  sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** Write a text where it differs from what is there, so that eyes find what changed. */
export function write(cell, text) {
  if (cell.textContent === text) return;
  cell.textContent = text;
  cell.classList.remove("flash");
  void cell.offsetWidth; // restarts the animation
  cell.classList.add("flash");
}

/** Make an element with a text. */
export function made(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
