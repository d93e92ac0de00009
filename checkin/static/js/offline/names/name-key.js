// One name, many spellings: how far apart two names are, and a name from what somebody typed of it; as
// checkin/domain/common/name_key.py and checkin/domain/people/name_search.py have it, held to the same
// vectors.
import { firstSyllable, isArabicWord, NameSounds, withoutH } from "./name-sounds.js";
import { APART, between, first, last } from "./name-vowels.js";

/** @import { NameTables, Reading } from "./name-sounds.js" */

const [MOST_IN_WORD, MOST_IN_NAME, MOST_IN_ANY_ORDER] = [2, 4, 6];
const FEW = 3; // in a word of no more consonants every one counts
const [SPELT, BEGINS, HOLDS, LEFT_OVER, ENOUGH] = [2, 8, 10, 6, 4];
// From here on somebody only sounds like what was typed, or is somebody else.
export const [SOUNDS_LIKE, NOBODY] = [1000, 1000000];

export class NameKey {
  /** @type {NameSounds} */
  #sounds;
  /** @type {Map<string, number>} */
  #distances = new Map();
  /** @type {Map<string, string[]>} */
  #near = new Map();

  /** @param {NameTables} tables as the server hands them over */
  constructor(tables) {
    this.#sounds = new NameSounds(tables);
  }

  /**
   * Say whether two names, in either script, may be spellings of one, in any order of words.
   * @param {string} one
   * @param {string} other
   */
  isOneName(one, other) {
    return this.distance(one, other) < APART;
  }

  /**
   * Return how far apart two names are: 0 for the same sounds, 100 for two names.
   * @param {string} one
   * @param {string} other
   */
  distance(one, other) {
    const [words, others] = [this.#sounds.wordsOf(one), this.#sounds.wordsOf(other)];
    const found = this.#pairs(words, others)
      .filter(([some, that]) => some.length === that.length)
      .map(([some, that]) => this.#paired(some, that));
    return Math.min(APART, ...found);
  }

  /**
   * Return how far a person's names are from what was typed, 0 for the same.
   * @param {string} typed
   * @param {(string | null)[]} names
   */
  searchDistance(typed, names) {
    const words = this.#sounds.wordsOf(typed);
    const written = names.filter((name) => name !== null).map((name) => this.#sounds.wordsOf(name));
    const found = written.filter((name) => name.length).map((name) => this.#searched(words, name));
    return words.length ? Math.min(NOBODY, ...found) : NOBODY;
  }

  /**
   * @param {string[]} words
   * @param {string[]} written
   */
  #searched(words, written) {
    const more = LEFT_OVER * Math.max(written.length - words.length, 0);
    const found = this.#pairs(words, written).map(([some, that]) => this.#apart(some, that));
    return Math.min(Math.min(...found) + more, NOBODY);
  }

  /**
   * Return both names, and the same where two neighbours in one of them are written as one word.
   * @param {string[]} words
   * @param {string[]} others
   * @returns {[string[], string[]][]}
   */
  #pairs(words, others) {
    if (!words.length || !others.length) return [];
    return [
      [words, others],
      ...this.#joined(words).map(/** @returns {[string[], string[]]} */ (way) => [way, others]),
      ...this.#joined(others).map(/** @returns {[string[], string[]]} */ (way) => [words, way]),
    ];
  }

  /** @param {string[]} words */
  #joined(words) {
    return words
      .map((_word, at) => at)
      .filter(
        (at) => at + 1 < words.length && isArabicWord(words[at]) === isArabicWord(words[at + 1]),
      )
      .flatMap((at) =>
        this.#writtenAfter(words[at + 1]).map((after) => [
          ...words.slice(0, at),
          words[at] + after,
          ...words.slice(at + 2),
        ]),
      );
  }

  /**
   * Return a word as it is written together with the one before: Fatimazahra, Nourelhouda.
   * @param {string} word
   */
  #writtenAfter(word) {
    return [...new Set([this.#sounds.withoutArticle(word), word.replaceAll("-", "")])];
  }

  /**
   * @param {string[]} some
   * @param {string[]} others
   */
  #paired(some, others) {
    const orders = others.length <= MOST_IN_ANY_ORDER ? ordersOf(others) : [others];
    const sums = orders.map((order) => sum(some.map((word, at) => this.#words(word, order[at]))));
    const found = Math.min(...sums);
    return found <= MOST_IN_NAME ? found : APART;
  }

  /**
   * Return the distance of a name of which the words typed are a part.
   * @param {string[]} typed
   * @param {string[]} written
   */
  #apart(typed, written) {
    const left = [...written];
    let found = 0;
    for (const word of typed) {
      if (!left.length) return NOBODY;
      const [distance, nearest] = left
        .map(/** @returns {[number, string]} */ (one) => [this.#typed(word, one), one])
        .reduce((best, one) => (isBefore(one, best) ? one : best));
      found += distance;
      left.splice(left.indexOf(nearest), 1);
    }
    return found;
  }

  /**
   * @param {string} typed
   * @param {string} written
   */
  #typed(typed, written) {
    if (typed === written) return 0;
    const apart = this.#words(typed, written);
    if (apart < APART) return SPELT + apart;
    if (written.includes(typed)) return written.startsWith(typed) ? BEGINS : HOLDS;
    const [near, that] = [this.#nearTerms(typed), this.#nearTerms(written)];
    const isAlike = near.some(
      (term) =>
        that.includes(term) || (term.length >= ENOUGH && that.some((one) => one.startsWith(term))),
    );
    return isAlike ? SOUNDS_LIKE : NOBODY;
  }

  /** @param {string} word */
  #nearTerms(word) {
    const known = this.#near.get(word);
    if (known) return known;
    const plain = this.#sounds
      .readings(word)
      .map(({ consonants }) => consonants.replace(/[hwy]/g, ""));
    const terms = plain.filter(Boolean).map((consonants) => `q${consonants}`);
    this.#near.set(word, terms);
    return terms;
  }

  /**
   * Return how far apart two words are, in either script.
   * @param {string} one
   * @param {string} other
   */
  #words(one, other) {
    const key = `${one} ${other}`;
    const known = this.#distances.get(key) ?? this.#compared(one, other);
    this.#distances.set(key, known);
    return known;
  }

  /**
   * @param {string} one
   * @param {string} other
   */
  #compared(one, other) {
    if (one === other) return 0;
    const [some, others] = [this.#sounds.readings(one), this.#sounds.readings(other)];
    const [isOneArabic, isOtherArabic] = [isArabicWord(one), isArabicWord(other)];
    if (isOneArabic && isOtherArabic) {
      const letters = new Set(some.map((reading) => reading.letters));
      return others.some((reading) => letters.has(reading.letters)) ? 0 : APART;
    }
    const arabic = isOneArabic || isOtherArabic;
    const [latin, that] = isOneArabic ? [others, some] : [some, others];
    const found = latin.flatMap((reading) =>
      that.map((written) => heard(reading, written, arabic)),
    );
    const nearest = Math.min(APART, ...found);
    return nearest <= MOST_IN_WORD ? nearest : APART;
  }
}

/**
 * @param {Reading} one
 * @param {Reading} other
 * @param {boolean} arabic
 */
function heard(one, other, arabic) {
  if (one.consonants === other.consonants) return vowels(one, other, arabic);
  const [plain, that] = [withoutH(one), withoutH(other)];
  if (plain.consonants !== that.consonants || saysH(one) || saysH(other)) return APART;
  return 2 + vowels(plain, that, arabic);
}

/**
 * Say whether a word has an h that no spelling leaves out: it begins the word after a particle (Benhani is
 * not Bennani), or is one of few sounds (Souhad is not Souad).
 * @param {Reading} reading
 */
function saysH({ consonants, vowels: said, stem }) {
  if (stem && consonants[stem] === "h") return true;
  const isBetween = [...consonants].some((one, at) => one === "h" && said[at] && said[at + 1]);
  return isBetween && consonants.length <= FEW;
}

/**
 * @param {Reading} one
 * @param {Reading} other
 * @param {boolean} arabic
 */
function vowels(one, other, arabic) {
  const end = other.vowels[other.vowels.length - 1].replace(/\?/g, "");
  if (!one.consonants) return last(one.vowels[0], end, { arabic });
  const cluster = hasCluster(one) && hasCluster(other);
  const ends =
    first(one.vowels[0], other.vowels[0], { cluster, arabic }) +
    last(one.vowels[one.vowels.length - 1], end, { arabic });
  return Math.min(APART, ends < APART ? ends + within(one, other, arabic) : ends);
}

/**
 * @param {Reading} one
 * @param {Reading} other
 * @param {boolean} arabic
 */
function within(one, other, arabic) {
  const early = [firstSyllable(one), firstSyllable(other)];
  const [end, closing] = [one.consonants.length - 1, longAtTheEnd(one, other)];
  const inner = one.vowels.slice(1, -1).map((vowel, at) => {
    const place = at + 1;
    const isEarly = early.includes(place);
    const of = { early: isEarly, closing: place === end ? closing : "", arabic };
    return between(vowel, other.vowels[place], of);
  });
  return sum(inner);
}

/**
 * Return the vowels that Arabic, the `other`, writes before the last consonant: حمدي is Hamdi, not Hamidi.
 * @param {Reading} one
 * @param {Reading} other
 */
function longAtTheEnd({ vowels: heard }, { vowels: written }) {
  const at = heard.length - 3;
  const afterShort = at > 0 && heard[at] && !written[at] ? "I" : "";
  return heard[heard.length - 1] ? afterShort : `U${afterShort}`;
}

/** @param {Reading} reading */
const hasCluster = ({ consonants, vowels }) =>
  consonants.length > 1 && ["", "E"].includes(vowels[1]);

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/**
 * @param {[number, string]} one
 * @param {[number, string]} other
 */
const isBefore = (one, other) => one[0] < other[0] || (one[0] === other[0] && one[1] < other[1]);

/**
 * @param {string[]} words
 * @returns {string[][]}
 */
function ordersOf(words) {
  if (words.length < 2) return [words];
  return words.flatMap((word, at) =>
    ordersOf([...words.slice(0, at), ...words.slice(at + 1)]).map((order) => [word, ...order]),
  );
}
