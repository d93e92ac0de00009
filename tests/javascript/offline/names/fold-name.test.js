import assert from "node:assert/strict";
import test from "node:test";
import {
  foldName,
  withPlainDigits,
  wordsIn,
} from "../../../../checkin/static/js/offline/names/fold-name.js";

test("names are folded as Python folds them", () => {
  const folded = ["Hélène ÉLÉONORE", "Benani-O'Neill", "أَحْمَد الفاسى", "فاطمة", "Œuvre ŁÓDŹ", "ن ٣"];

  assert.deepEqual(folded.map(foldName), [
    ...["helene eleonore", "benani o neill", "احمد الفاسي", "فاطمه", "oeuvre lodz", "ن 3"],
  ]);
});

test("digits of any script are read as ours", () => {
  assert.equal(withPlainDigits("٠٩ ۰۹ 09"), "09 09 09");
});

test("words are what spaces part", () => {
  assert.deepEqual(wordsIn("  a  b "), ["a", "b"]);
});
