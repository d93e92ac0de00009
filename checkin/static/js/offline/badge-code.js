// The form of a badge code, as checkin/protocol/codes.py defines it: M, 26 base-32 characters,
// 2 check characters of a Reed-Solomon code over GF(32), generator (x − α)(x − α²).
import { bytesOfHex } from "../shared/bytes.js";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
export const CODE_LENGTH = 29;
const SPARE_BITS = 2;

// The powers of α, and for each element of the field which power it is.
const EXP = [1];
while (EXP.length < 31) {
  const doubled = EXP[EXP.length - 1] << 1;
  EXP.push(doubled & 32 ? doubled ^ 0b100101 : doubled);
}
const LOG = Array.from({ length: 32 }, (_, value) => EXP.indexOf(value));

/**
 * Return the product of two elements of GF(32).
 * @param {number} a
 * @param {number} b
 */
const times = (a, b) => (a && b ? EXP[(LOG[a] + LOG[b]) % 31] : 0);
const G1 = EXP[1] ^ EXP[2];
const G0 = EXP[3];

/**
 * Return the two check characters of the 27 characters before them.
 * @param {string} body
 */
export function checkCharacters(body) {
  let high = 0;
  let low = 0;
  for (const letter of body) {
    const carry = high ^ ALPHABET.indexOf(letter);
    [high, low] = [low ^ times(carry, G1), times(carry, G0)];
  }
  return ALPHABET[high] + ALPHABET[low];
}

/**
 * Say whether `text` is exactly one of our codes.
 * @param {string} text
 */
export function isBadgeCode(text) {
  if (text.length !== CODE_LENGTH || text[0] !== "M") return false;
  if ([...text].some((letter) => !ALPHABET.includes(letter))) return false;
  const lastData = ALPHABET.indexOf(text[CODE_LENGTH - 3]);
  if (lastData & ((1 << SPARE_BITS) - 1)) return false; // one token has one spelling
  return checkCharacters(text.slice(0, -2)) === text.slice(-2);
}

/**
 * Return the 16 bytes of the token in `text`, or null when it is not exactly one of our codes.
 * @param {string} text
 */
export function parseCode(text) {
  if (!isBadgeCode(text)) return null;
  let number = 0n;
  for (const letter of text.slice(1, -2))
    number = (number << 5n) | BigInt(ALPHABET.indexOf(letter));
  return bytesOfHex((number >> BigInt(SPARE_BITS)).toString(16).padStart(32, "0"));
}

/**
 * Return the code that a camera read as `text`, in its normal form; `text` if it is none.
 * @param {string} text
 */
export function codeIn(text) {
  const code = normaliseCode(text);
  return isBadgeCode(code) ? code : text;
}

/**
 * Say whether `text` is a part or a slip of one of our codes, worth asking for again.
 * @param {string} text
 */
export function looksLikeOurs(text) {
  const letters = normaliseCode(text);
  return (
    letters.length >= 8 && letters[0] === "M" && [...letters].every((l) => ALPHABET.includes(l))
  );
}

// Spaces of every width, marks of direction and hyphens: what surrounds or groups a code.
const APART = /[-._ \t\n\v\f\r\u00a0\u2000-\u2015\u2028-\u202f\u205f-\u206f\u2212\u3000\ufeff]/g;

/**
 * Return `text` in the form of the codes, however it was typed, printed or drawn as a QR: lower
 * case, spaces, hyphens and line ends are forgiven, and O for 0, I and L for 1.
 * @param {string} text
 */
export function normaliseCode(text) {
  return text.replace(APART, "").toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
}
