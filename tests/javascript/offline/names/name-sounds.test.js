import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import {
  isArabicWord,
  NameSounds,
} from "../../../../checkin/static/js/offline/names/name-sounds.js";

const VECTORS = new URL("../../../vectors/name_distances.json", import.meta.url);
const sounds = new NameSounds(JSON.parse(readFileSync(VECTORS, "utf-8")).tables);

test("particles are joined with their word, articles kept apart, titles left out", () => {
  assert.deepEqual(sounds.wordsOf("Sidi Mohammed BEN-ALI El Khattabi"), [
    "mohammed",
    "benali",
    "el-khattabi",
  ]);
  assert.deepEqual(sounds.wordsOf("M’hamed O'Neill 7amid"), ["mhamed", "oneill", "hamid"]);
  assert.deepEqual(sounds.wordsOf("الحاج عبد القادر بن علي"), ["عبدالقادر", "بنعلي"]);
  assert.deepEqual(sounds.wordsOf(" - "), []);
});

test("a word that may be read in several ways is", () => {
  const read = sounds.readings("elamrani").map(({ consonants }) => consonants);

  assert.deepEqual(read, ["lmrn", "mrn", "lmrn"]);
});

test("a word's script is that of its first letter", () => {
  assert.deepEqual(["علي", "ali", ""].map(isArabicWord), [true, false, false]);
});
