import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import {
  checkCharacters,
  codeIn,
  isBadgeCode,
  looksLikeOurs,
  normaliseCode,
  parseCode,
} from "../../../checkin/static/js/offline/badge-code.js";

// As checkin/protocol/codes.py writes the tokens 00 01 … 0f, sixteen times 00, sixteen times ff.
const COUNTING = "M000G40R40M30E209185GR38E1W9J";
const ZEROS = "M000000000000000000000000007Y";
const ONES = "MZZZZZZZZZZZZZZZZZZZZZZZZZWCF";
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** @param {string} code */
const bytesIn = (code) => [...(parseCode(code) ?? [])];

test("a code is the token that Python wrote", () => {
  assert.deepEqual(bytesIn(COUNTING), [...Array(16).keys()]);
  assert.deepEqual(bytesIn(ZEROS), Array(16).fill(0));
  assert.deepEqual(bytesIn(ONES), Array(16).fill(255));
});

test("the check characters are computed over all before them", () => {
  assert.equal(checkCharacters(COUNTING.slice(0, -2)), "9J");
  assert.equal(checkCharacters(ZEROS.slice(0, -2)), "7Y");
});

test("no code with one wrong character is taken", () => {
  for (let at = 0; at < COUNTING.length; at += 1) {
    for (const letter of LETTERS) {
      const wrong = COUNTING.slice(0, at) + letter + COUNTING.slice(at + 1);
      assert.equal(isBadgeCode(wrong), wrong === COUNTING, wrong);
    }
  }
});

test("no code with two neighbours exchanged is taken", () => {
  for (let at = 0; at + 1 < COUNTING.length; at += 1) {
    const [first, second] = [COUNTING[at], COUNTING[at + 1]];
    const wrong = COUNTING.slice(0, at) + second + first + COUNTING.slice(at + 2);
    assert.equal(isBadgeCode(wrong), first === second, wrong);
  }
});

test("only the one spelling of a token is its code", () => {
  const spare = `${ZEROS.slice(0, 26)}1`;

  assert.equal(isBadgeCode(spare + checkCharacters(spare)), false);
  assert.equal(isBadgeCode(COUNTING.toLowerCase()), false);
  assert.equal(isBadgeCode(`${COUNTING} `), false);
  assert.equal(isBadgeCode(`N${COUNTING.slice(1)}`), false);
  assert.equal(isBadgeCode(`M0${checkCharacters("M0")}`), false); // right, and too short
  assert.equal(isBadgeCode(`M${"-".repeat(26)}${checkCharacters(`M${"-".repeat(26)}`)}`), false);
  assert.equal(parseCode("M"), null);
  assert.equal(parseCode(""), null);
});

test("what hands do is forgiven", () => {
  assert.equal(normaliseCode("m00o-g40r 4.OmI_l"), "M000G40R40M11");
});

test("a part of a code and a slip look like ours, and other texts do not", () => {
  assert.equal(looksLikeOurs(COUNTING.slice(0, 8)), true);
  assert.equal(looksLikeOurs(COUNTING.slice(0, 7)), false);
  assert.equal(looksLikeOurs(`${COUNTING.slice(0, -1)}K`), true);
  assert.equal(looksLikeOurs("https://example.org/"), false);
  assert.equal(looksLikeOurs(`N${COUNTING.slice(1)}`), false);
});

test("what a camera read is a code by the vectors that Python is held to, too", () => {
  const vectors = new URL("../../vectors/codes.json", import.meta.url);
  /** @type {{cases: {name: string, text: string, code: string | null}[]}} */
  const { cases } = JSON.parse(readFileSync(vectors, "utf-8"));

  for (const { name, text, code } of cases) assert.equal(codeIn(text), code ?? text, name);
});
