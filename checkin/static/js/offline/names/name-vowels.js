// How far apart the vowels of two spellings of a word are, as checkin/domain/common/name_vowels.py has it.

export const APART = 100;
/** @type {Record<string, number>} */
const PAIRS = { AE: 0, EA: 0, EI: 1, IE: 1 };
const ALIKE = ["AI-E", "E-AI", "AE-A", "A-AE"];
/** @type {Record<string, number>} */
const DROPPED = { A: 1, I: 2, U: 2 };
const LONG = 3;

/**
 * Compare what two words begin with; `cluster`: two consonants follow.
 * @param {string} one
 * @param {string} other
 * @param {{cluster: boolean, arabic: boolean}} of
 */
export function first(one, other, { cluster, arabic }) {
  const isAny = arabic && other.includes("?");
  const written = isAny ? other.replace(/\?/g, "") : other;
  if (one === other || (one && one === written)) return 0;
  if (!one || !other) return cluster && ["A", "E", "I"].includes(one || written || "A") ? 1 : APART;
  if (isAny && !written) return one.length - 1;
  return arabic ? unwritten(one, written) : byPairs(one, other);
}

/**
 * Compare the vowels between two consonants; `early`: in a first syllable; `closing`: the vowels that are
 * long here, before the last sound.
 * @param {string} one
 * @param {string} other
 * @param {{early: boolean, closing: string, arabic: boolean}} of
 */
export function between(one, other, { early, closing, arabic }) {
  if (one === other) return 0;
  if (arabic) {
    if (!one) return early || other === "?" ? dropped(other) : APART;
    return closing.includes(one) && !other ? APART : unwritten(one, other);
  }
  if (!one || !other) {
    const left = one || other;
    if (left === "E") return 0;
    return early && left.length === 1 ? 1 : APART;
  }
  if (ALIKE.includes(`${one}-${other}`)) return 1;
  if (early && (one + other === "EU" || one + other === "UE")) return 2;
  return spelt(one, other);
}

/**
 * Compare what two words end with, which every spelling writes.
 * @param {string} one
 * @param {string} other
 * @param {{arabic: boolean}} of
 */
export function last(one, other, { arabic }) {
  if (one === other) return 0;
  if (!one || !other || pair(one.slice(-1), other.slice(-1)) === APART) return APART;
  if (!arabic && (one.length === 1 || other.length === 1)) return byPairs(one, other); // Raji is not Rajai
  const found = arabic ? unwritten(one, other) : spelt(one, other);
  return found <= 1 ? found : APART;
}

/**
 * @param {string} one
 * @param {string} other
 */
const pair = (one, other) => (one === other ? 0 : (PAIRS[one + other] ?? APART));

/**
 * @param {string} one
 * @param {string} other
 */
function byPairs(one, other) {
  if (one.length !== other.length) return APART;
  return [...one].reduce((sum, vowel, at) => sum + pair(vowel, other[at]), 0);
}

/**
 * @param {string} one
 * @param {string} other
 * @returns {number}
 */
function spelt(one, other) {
  if (one.length === other.length) return Math.min(byPairs(one, other), APART);
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  const ways = [...long].map((vowel, at) => {
    const isBeside = /[IU]/.test(long.slice(Math.max(at - 1, 0), at + 2));
    return "AE".includes(vowel) && isBeside ? 1 + spelt(short, without(long, at)) : APART;
  });
  return Math.min(APART, ...ways);
}

/**
 * @param {string} latin
 * @param {string} arabic
 */
function unwritten(latin, arabic) {
  const written = arabic.replace(/\?/g, "");
  const short = [...latin].map((_vowel, at) => unwrittenAt(latin, at, written !== arabic));
  /** @type {(at: number, next: number) => number} */
  const from = (at, next) => {
    if (at === latin.length) return next === written.length ? 0 : APART;
    const isWritten =
      next < written.length ? pair(latin[at], written[next]) + from(at + 1, next + 1) : APART;
    return Math.min(isWritten, short[at] + from(at + 1, next));
  };
  return Math.min(from(0, 0), APART);
}

/**
 * Return what it costs that Arabic does not write a vowel: i and u are short where they stand alone, or
 * before ع.
 * @param {string} latin
 * @param {number} at
 * @param {boolean} isBeside
 */
function unwrittenAt(latin, at, isBeside) {
  if ("AE".includes(latin[at])) return 0;
  if (latin.length === 1) return isBeside ? 0 : 1;
  return isBeside && at === 0 ? 0 : LONG;
}

/** @param {string} arabic */
const dropped = (arabic) => [...arabic].reduce((sum, vowel) => sum + (DROPPED[vowel] ?? 0), 0);

/**
 * @param {string} vowels
 * @param {number} at
 */
const without = (vowels, at) => vowels.slice(0, at) + vowels.slice(at + 1);
