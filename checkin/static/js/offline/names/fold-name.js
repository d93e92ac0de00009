// Names as they are matched and searched, as `fold_name` of checkin/domain/common/names.py writes them.

/** @type {Record<string, string>} */
const SAME_LETTER = {
  œ: "oe",
  æ: "ae",
  ø: "o",
  ł: "l",
  đ: "d",
  ı: "i",
  ß: "ss",
  ς: "σ",
  ٱ: "ا",
  ى: "ي",
  ی: "ي",
  ې: "ي",
  ة: "ه",
  ہ: "ه",
  ھ: "ه",
  ە: "ه",
  ک: "ك",
  گ: "ك",
  ڭ: "ك",
  ݣ: "ك",
  ء: "",
  ـ: "",
};
const DROPPED = /[\p{Mn}\p{Me}\p{Cf}]/u;
const KEPT = /[\p{L}\p{N}\p{M}]/u;
const DIGIT = /\p{Nd}/u;

/**
 * Return a text in lower case, without accents, with single spaces: one letter for the variants of alef,
 * hamza, ya, ta marbuta and kaf, and ASCII digits.
 * @param {string} text
 */
export function foldName(text) {
  const folded = [...text.normalize("NFKD").toLowerCase().normalize("NFKD")].map(foldLetter);
  return wordsIn(folded.join("")).join(" ");
}

/** @param {string} text */
export const wordsIn = (text) => text.split(/\s+/).filter(Boolean);

/**
 * Return a text with the digits of any script as ASCII ones.
 * @param {string} text
 */
export const withPlainDigits = (text) =>
  [...text].map((sign) => (DIGIT.test(sign) ? digitOf(sign) : sign)).join("");

/** @param {string} letter */
function foldLetter(letter) {
  if (DROPPED.test(letter)) return "";
  if (DIGIT.test(letter)) return digitOf(letter);
  if (!KEPT.test(letter)) return " ";
  return SAME_LETTER[letter] ?? letter;
}

/**
 * Return the value of a digit: each script's ten stand in their order.
 * @param {string} digit
 */
function digitOf(digit) {
  const at = /** @type {number} */ (digit.codePointAt(0));
  let zero = at;
  while (DIGIT.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((at - zero) % 10);
}
