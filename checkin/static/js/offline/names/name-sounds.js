// The words of names as sounds, as checkin/domain/common/name_sounds.py reads them, by the tables of
// name_tables.py beside it, which the server hands over.

/**
 * @typedef {object} NameTables
 * @property {[string, string[]][]} latin
 * @property {Record<string, string>} chat_digits
 * @property {Record<string, string[]>} arabic
 * @property {Record<string, string[]>} arabic_first
 * @property {Record<string, string[]>} arabic_last
 * @property {string} article
 * @property {string[]} articles
 * @property {string} sun_article
 * @property {Record<string, string>} prefixes
 * @property {string} prefixed
 * @property {Record<string, number>} prefix_consonants
 * @property {Record<string, string>} suffixes
 * @property {string[]} titles
 * @property {Record<string, string>} same_word
 * @property {Record<string, string>} own_word
 * @property {string[]} held_articles
 * @property {Record<string, string>} said_as_l
 */

/**
 * One way to read a word: a letter for each consonant, doubled ones once; what is before, between and
 * after them; how many are a particle's; and for an Arabic word its letters, doubled ones once too.
 * @typedef {object} Reading
 * @property {string} consonants
 * @property {string[]} vowels
 * @property {number} stem
 * @property {string} letters
 */

const MOST_READINGS = 16;
const APOSTROPHES = /['’‘`´ʼʿʾ′ʻ]/g;
const MARKS = /[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200b-\u200f]/g;
const NUMBER = /[0146]/;
const WORDS = /[\p{L}\p{N}]+/gu;
const STRONG = /^(?:ou|y)(?=[aeiouy])|[^aeiouyh]/g;
// After a consonant or before a vowel, and at the end: Othmane, Brahim, Sarah.
const SILENT_H = /([a-z])h|(.)h(?![a-z])/g;
// The alif that says no more than that a vowel begins a word.
const FIRST_VOWEL = /^[اأ](?!ل)/;
const DOUBLED = /(.)\1+/gu;
const AFTER_L = "aeiouyhbfghjkmqwبجحخعغفقكمهويأإآا";
/** @type {Record<string, string>} */
const ARABIC_VARIANTS = {
  ٱ: "ا",
  ک: "ك",
  گ: "ك",
  ڭ: "ك",
  ݣ: "ك",
  ی: "ي",
  ې: "ي",
  ہ: "ه",
  ھ: "ه",
  ە: "ه",
};
/** @type {Record<string, string>} */
const SAME_LETTER = { œ: "oe", æ: "ae", ø: "o", ł: "l", đ: "d", ı: "i", ß: "ss" };
/** @type {Record<string, string>} */
const AS_COMPARED = { أ: "ا", إ: "ا", آ: "ا", ٱ: "ا", ؤ: "و", ئ: "ي", ى: "ي", ة: "ه", ء: "" };

/** @param {string} word */
export const isArabicWord = (word) => /^[\u0600-\u06ff]/.test(word);

/**
 * Return a reading without the h that spellings leave out: not that of Hassan or of Rahmi.
 * @param {Reading} reading
 * @returns {Reading}
 */
export function withoutH({ consonants, vowels, stem, letters }) {
  const sounds = vowels.map((vowel, at) => vowel + (consonants[at] ?? "")).join("");
  return reading(sounds.replace(SILENT_H, "$1$2"), stem, letters);
}

/**
 * Return the place among a reading's vowels where people drop a short one; -1 where there is none.
 * @param {Reading} reading
 */
export function firstSyllable({ stem, vowels }) {
  if (stem) return stem + 1;
  return vowels[0] ? -1 : 1;
}

/** Reads names by the tables that it is given. */
export class NameSounds {
  /** @type {NameTables} */
  #tables;
  /** @type {[RegExp, string[]][]} */
  #spellings;
  /** @type {RegExp[]} */
  #articles;
  /** @type {RegExp} */
  #prefixed;
  /** @type {RegExp} */
  #sunArticle;
  /** @type {Set<string>} */
  #titles;
  /** @type {Map<string, Reading[]>} */
  #known = new Map();
  /** @type {Map<string, string[]>} */
  #names = new Map();

  /** @param {NameTables} tables */
  constructor(tables) {
    this.#tables = tables;
    this.#spellings = tables.latin.map(([pattern, sounds]) => [new RegExp(pattern, "y"), sounds]);
    this.#articles = tables.held_articles.map((pattern) => new RegExp(`^(?:${pattern})`));
    this.#prefixed = new RegExp(`^${tables.prefixed}$`);
    this.#sunArticle = new RegExp(`^${tables.sun_article}$`);
    this.#titles = new Set(tables.titles);
  }

  /**
   * Return the words of a name, in order, as they make one name each.
   * @param {string} name
   */
  wordsOf(name) {
    const words = this.#names.get(name) ?? this.#wordsOf(name);
    this.#names.set(name, words);
    return words;
  }

  /** @param {string} name */
  #wordsOf(name) {
    const plain = name
      .replace(APOSTROPHES, "")
      .replace(/[çÇ]/g, "s")
      .normalize("NFKC")
      .replace(MARKS, "");
    const written = (plain.match(WORDS) ?? []).map((word) => this.#plain(word)).filter(Boolean);
    const joined = this.#joined(written.flatMap(parts).map((word) => this.#usual(word)));
    const isNamed = (/** @type {string} */ word, /** @type {number} */ at) =>
      at === joined.length - 1 || !this.#titles.has(this.#bare(word));
    return joined.filter(isNamed).map((word) => this.#usual(word));
  }

  /**
   * Return the ways to read one of these words, the most usual first.
   * @param {string} word
   */
  readings(word) {
    const known = this.#known.get(word) ?? this.#read(word);
    this.#known.set(word, known);
    return known;
  }

  /**
   * Return a word without the article with which it begins, if it is sure to.
   * @param {string} word
   */
  withoutArticle(word) {
    const bare = this.#bare(word);
    return bare.startsWith("ال") && bare.length > 4 ? bare.slice(2) : bare;
  }

  /** @param {string} word */
  #bare(word) {
    const { article } = this.#tables;
    return word.startsWith(article) ? word.slice(article.length) : word;
  }

  /** @param {string} word */
  #usual = (word) => this.#tables.same_word[word] ?? word;

  /** @param {string} word */
  #plain(word) {
    if (isArabicWord(word))
      return [...word].map((letter) => ARABIC_VARIANTS[letter] ?? letter).join("");
    const folded = [...word.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")]
      .map((letter) => SAME_LETTER[letter] ?? letter)
      .join("");
    const { chat_digits: digits } = this.#tables;
    return (folded.match(/\p{L}/gu) ?? []).length >= 3 && !NUMBER.test(folded)
      ? [...folded].map((sign) => digits[sign] ?? sign).join("")
      : folded;
  }

  /** @param {string[]} words */
  #joined(words) {
    const { prefixes, suffixes, article: kept } = this.#tables;
    /** @type {string[]} */
    const joined = [];
    let [before, article] = ["", ""];
    words.forEach((word, at) => {
      const following = words[at + 1] ?? "";
      if (following && this.#isArticle(word, following)) {
        article = before || isArabicWord(word) ? "" : kept;
      } else if (following && word in prefixes) {
        before += prefixes[word];
      } else if (joined.length && !before && word in suffixes) {
        joined[joined.length - 1] += suffixes[word];
      } else {
        const bare = before === "عبد" ? word : this.withoutArticle(word);
        joined.push(before ? before + bare.replace(FIRST_VOWEL, "ٱ") : article + word);
        [before, article] = ["", ""];
      }
    });
    return joined;
  }

  /**
   * @param {string} word
   * @param {string} following
   */
  #isArticle(word, following) {
    const said = this.#sunArticle.exec(word);
    return this.#tables.articles.includes(word) || (said !== null && following.startsWith(said[1]));
  }

  /** @param {string} word */
  #read(word) {
    /** @type {Map<string, Reading>} */
    const heard = new Map();
    for (const [form, stem] of this.#forms(word)) {
      const letters = isArabicWord(word) ? lettersOf(form) : "";
      for (const sounds of this.#sounds(form)) {
        const one = reading(sounds, stem, letters);
        if (one.consonants || one.vowels[0]) heard.set(JSON.stringify(one), one);
      }
    }
    return [...heard.values()].slice(0, MOST_READINGS);
  }

  /**
   * @param {string} word
   * @returns {[string, number][]}
   */
  #forms(word) {
    const { prefixes, prefix_consonants: consonants } = this.#tables;
    const prefixed = this.#prefixed.exec(word);
    const before = prefixed ? prefixes[prefixed[1]] : "";
    const stem = consonants[before] ?? 0;
    if (prefixed && (before === "abdel" || before === "عبد")) {
      const rest = prefixed[2].replace(/^ال/, "").replace(/^[aeiouy]+/, "");
      if (rest) return [rest, rest.replace(/^l/, "")].map((one) => [`${prefixed[1]}-${one}`, stem]);
    }
    /** @type {[string, number][]} */
    const forms = [[word, stem]];
    if (/^[أا]و/.test(word)) forms.push([word.slice(1), 0]); // أوعلي is Ouali
    if (prefixed) {
      const rests = [prefixed[2], ...this.#stems(prefixed[2])];
      for (const one of rests) forms.push([`${before}-${one}`, stem]);
    }
    for (const one of this.#stems(word)) forms.push([one, 0]);
    return forms;
  }

  /** @param {string} word */
  #stems(word) {
    const { article, said_as_l: saidAsL } = this.#tables;
    /** @type {string[]} */
    const stems = [];
    for (const pattern of this.#articles) {
      const found = pattern.exec(word);
      if (!found) continue;
      const rest = word.slice(found[0].length);
      if (found[0] !== article && !isWord(rest)) continue;
      stems.push(rest);
      if (found[0] in saidAsL && AFTER_L.includes(rest[0])) stems.push(saidAsL[found[0]] + rest);
    }
    return stems;
  }

  /** @param {string} form */
  #sounds(form) {
    const own = this.#tables.own_word[form];
    if (own) return [own];
    return combined(isArabicWord(form) ? this.#arabic(form) : this.#latin(form));
  }

  /** @param {string} form */
  #latin(form) {
    const spelt = [];
    for (let at = 0; at < form.length; ) {
      const [length, sounds] = this.#spelling(form, at);
      spelt.push(sounds);
      at += length;
    }
    return spelt;
  }

  /**
   * @param {string} form
   * @param {number} at
   * @returns {[number, string[]]}
   */
  #spelling(form, at) {
    for (const [pattern, sounds] of this.#spellings) {
      pattern.lastIndex = at;
      const found = pattern.exec(form);
      if (found) return [found[0].length, sounds];
    }
    return [1, [form[at]]];
  }

  /** @param {string} form */
  #arabic(form) {
    const { arabic, arabic_first: first, arabic_last: last } = this.#tables;
    const spelt = [...form].map((letter) => arabic[letter] ?? [""]);
    spelt[0] = first[form[0]] ?? spelt[0];
    const end = spelt.length - 1;
    if (end) spelt[end] = last[form[end]] ?? spelt[end];
    return spelt;
  }
}

/** @param {string} word */
function parts(word) {
  const ofReligion = word.replace(/الدين$/, "");
  return ofReligion && ofReligion !== word ? [ofReligion, "الدين"] : [word];
}

/** @param {string} rest */
function isWord(rest) {
  return (rest.match(STRONG) ?? []).length >= (isArabicWord(rest) ? 3 : 2);
}

/** @param {string} form */
function lettersOf(form) {
  const compared = [...form.replace(/-/g, "")].map((letter) => AS_COMPARED[letter] ?? letter);
  return compared.join("").replace(DOUBLED, "$1");
}

/**
 * Return the first texts that a choice of each part makes, where the last part's choices come one after
 * the other.
 * @param {string[][]} spelt
 */
function combined(spelt) {
  const none = [""];
  return spelt.reduceRight(
    (ends, sounds) =>
      sounds.flatMap((sound) => ends.map((end) => sound + end)).slice(0, MOST_READINGS),
    none,
  );
}

/**
 * @param {string} sounds
 * @param {number} stem
 * @param {string} letters
 * @returns {Reading}
 */
function reading(sounds, stem, letters) {
  // A doubled letter is one sound; vowels of one kind that follow one another are one.
  const once = sounds.replace(/[^a-zAEIU?]/g, "").replace(DOUBLED, "$1");
  return { consonants: once.replace(/[^a-z]/g, ""), vowels: once.split(/[a-z]/), stem, letters };
}
