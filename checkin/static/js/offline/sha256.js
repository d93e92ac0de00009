// SHA-256 (FIPS 180-4). Browsers have one of their own at a secure address only; a gate may lack that,
// and must know the reference of a badge all the same, since nothing else of a badge may be stored.

const BLOCK_BYTES = 64;
const LENGTH_BYTES = 8;

/**
 * Return the first prime numbers.
 * @param {number} count
 */
function primes(count) {
  /** @type {number[]} */
  const found = [];
  for (let number = 2; found.length < count; number += 1)
    if (found.every((prime) => number % prime)) found.push(number);
  return found;
}

/**
 * Return the first 32 bits of a number's fraction.
 * @param {number} number
 */
const fraction = (number) => ((number % 1) * 2 ** 32) | 0;

const CONSTANTS = primes(64).map((prime) => fraction(Math.cbrt(prime)));
const INITIAL = primes(8).map((prime) => fraction(Math.sqrt(prime)));

/**
 * @param {number} word
 * @param {number} bits
 */
const rotated = (word, bits) => (word >>> bits) | (word << (32 - bits));

/**
 * Return the digest of some bytes.
 * @param {Uint8Array} message
 */
export function sha256(message) {
  const padded = paddedView(message);
  let hash = INITIAL;
  for (let at = 0; at < padded.byteLength; at += BLOCK_BYTES)
    hash = compressed(hash, scheduled(padded, at));
  const digest = new DataView(new ArrayBuffer(32));
  for (const [index, word] of hash.entries()) digest.setInt32(4 * index, word);
  return new Uint8Array(digest.buffer);
}

/**
 * Return the message, a one bit, zeros, and its length in bits: whole blocks.
 * @param {Uint8Array} message
 */
function paddedView(message) {
  const blocks = Math.ceil((message.length + 1 + LENGTH_BYTES) / BLOCK_BYTES);
  const padded = new Uint8Array(blocks * BLOCK_BYTES);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, 8 * message.length);
  return view;
}

/**
 * Return the 64 words that a block is stretched to.
 * @param {DataView} padded
 * @param {number} at
 */
function scheduled(padded, at) {
  const words = Array.from({ length: 16 }, (_, index) => padded.getInt32(at + 4 * index));
  for (let index = 16; index < 64; index += 1) {
    const [early, late] = [words[index - 15], words[index - 2]];
    const s0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
    const s1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
    words.push((words[index - 16] + s0 + words[index - 7] + s1) | 0);
  }
  return words;
}

/**
 * @param {number[]} hash
 * @param {number[]} words
 */
function compressed(hash, words) {
  let [a, b, c, d, e, f, g, h] = hash;
  for (const [index, word] of words.entries()) {
    const s1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const first = (h + s1 + chosen + CONSTANTS[index] + word) | 0;
    const s0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [a, b, c, d, e, f, g, h] = [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
  }
  return [a, b, c, d, e, f, g, h].map((word, index) => (word + hash[index]) | 0);
}
