// What the page says, as the server wrote it into the page in the page's language.

export const words = JSON.parse(document.getElementById("scan-words").textContent);

/** Put `values` in the {places} of a sentence. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const language = document.documentElement.lang.slice(0, 2);
export const isArabic = language === "ar";

/** Return both names of a person or delegation, the page's script first; the second may be empty. */
export function bothNames(named) {
  const both = [named?.name, named?.name_ar];
  if (isArabic) both.reverse();
  const [first, second] = both.filter(Boolean);
  return [first ?? "", second ?? ""];
}

/** Write a moment as the event's clocks show it. */
export function localTime(moment, timezone) {
  const offset = words.offsets_s[timezone];
  const at = new Date(new Date(moment).getTime() + 1000 * (offset ?? 0));
  return new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: offset === undefined ? timezone : "UTC",
  }).format(at);
}
