import assert from "node:assert/strict";
import test from "node:test";
import {
  namesOf,
  newcomerNamed,
  sealedWalkIn,
} from "../../../checkin/static/js/offline/walk-in.js";
import { bytesOf, textOf, utf8 } from "../../../checkin/static/js/shared/bytes.js";
import { KHEMISSET } from "../fakes.js";

const CURVE = { name: "ECDH", namedCurve: "P-256" };
const SERVER = await crypto.subtle.generateKey(CURVE, true, ["deriveBits"]);
const KEY = textOf(new Uint8Array(await crypto.subtle.exportKey("raw", SERVER.publicKey)));

/**
 * Open a sealed text as the server does: checkin/protocol/walk_ins.py.
 * @param {string} id
 * @param {string} text
 */
async function opened(id, text) {
  const bytes = bytesOf(text);
  const [point, iv, hidden] = [bytes.slice(0, 65), bytes.slice(65, 77), bytes.slice(77)];
  const theirs = await crypto.subtle.importKey("raw", point, CURVE, false, []);
  const agreed = { name: "ECDH", public: theirs };
  const secret = await crypto.subtle.deriveBits(agreed, SERVER.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const info = utf8("marhaba walk-in");
  const derived = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const cipher = { name: "AES-GCM", length: 256 };
  const key = await crypto.subtle.deriveKey(derived, base, cipher, false, ["decrypt"]);
  const how = { name: "AES-GCM", iv, additionalData: utf8(id) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, hidden)));
}

test("a name is in the field of its script", () => {
  assert.deepEqual(namesOf(newcomerNamed("Amina Tazi", KHEMISSET)), { name: "Amina Tazi" });
  assert.deepEqual(namesOf(newcomerNamed("عمر العلوي", KHEMISSET)), { name_ar: "عمر العلوي" });
});

test("each newcomer has an id of their own", () => {
  const [one, other] = [newcomerNamed("Amina", KHEMISSET), newcomerNamed("Amina", KHEMISSET)];

  assert.match(one.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(one.id, other.id);
});

test("only the server reads the name, and only with the id that it was sealed for", async () => {
  const newcomer = newcomerNamed("Amina Tazi", KHEMISSET);

  const walkIn = await sealedWalkIn(newcomer, KEY);

  assert.deepEqual(
    [walkIn.id, walkIn.delegation_id, Object.keys(walkIn).length],
    [newcomer.id, 4, 3],
  );
  assert.deepEqual(await opened(newcomer.id, walkIn.sealed), {
    name: "Amina Tazi",
    allow_duplicate: true,
  });
  await assert.rejects(opened("another id", walkIn.sealed), { name: "OperationError" });
});

test("the same name is sealed otherwise each time", async () => {
  const newcomer = newcomerNamed("Amina Tazi", KHEMISSET);

  const [one, other] = [await sealedWalkIn(newcomer, KEY), await sealedWalkIn(newcomer, KEY)];

  assert.notEqual(one.sealed, other.sealed);
});
