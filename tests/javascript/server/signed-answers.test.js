import assert from "node:assert/strict";
import test from "node:test";
import "../browser.js";
import {
  AnsweredByAnother,
  Line,
  Rejected,
  TokenRefused,
  TooLarge,
  Unreachable,
} from "../../../checkin/static/js/server/line.js";
import { answerBytes, NONCE_HEADER } from "../../../checkin/static/js/server/signed-answers.js";
import { textOf, utf8 } from "../../../checkin/static/js/shared/bytes.js";
import { aReply, aScan, NOON, TestClock } from "../fakes.js";
import { serverAnswering } from "./answers.js";

/** @import { Asked } from "./answers.js" */

const EPOCH = "a".repeat(32);
const OTHER_EPOCH = "b".repeat(32);
const SCAN = aScan("s1");
const REFUSED = { error: "invalid_request", detail: "" };

/** What the line uses of `Acknowledged`, for a device that has met an epoch, or none. */
class Epochs {
  constructor(epoch = EPOCH) {
    this.met = epoch ? [epoch] : [];
  }

  /** @param {string} epoch */
  async meet(epoch) {
    if (!this.met.includes(epoch)) this.met.push(epoch);
  }

  seen() {
    return "";
  }
}

async function aKey() {
  const pair = /** @type {CryptoKeyPair} */ (
    await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])
  );
  const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { signer: pair.privateKey, text: textOf(new Uint8Array(raw)) };
}

/**
 * Return an answer of our server that is signed for a request.
 * @param {CryptoKey} signer
 * @param {string} nonce
 * @param {number} status
 * @param {object} reply
 * @param {string} [epoch]
 */
async function signed(signer, nonce, status, reply, epoch = EPOCH) {
  const body = JSON.stringify(reply);
  const content = answerBytes(nonce, status, epoch, utf8(body));
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", signer, content));
  const headers = { "Marhaba-Epoch": epoch, "Marhaba-Signed": textOf(signature) };
  return new Response(body, { status, headers });
}

/**
 * @param {number} status
 * @param {object} reply
 */
const marked = (status, reply) =>
  Response.json(reply, { status, headers: { "Marhaba-Epoch": EPOCH } });

/** @param {Asked} asked */
const nonceOf = ({ headers }) => headers.get(NONCE_HEADER) ?? "";

test("the signed lines are those that the server signs", () => {
  const bytes = answerBytes("n".repeat(16), 401, "a".repeat(32), utf8("{}"));

  assert.deepEqual(new TextDecoder().decode(bytes).split("\n"), [
    "marhaba answer",
    "n".repeat(16),
    "401",
    "a".repeat(32),
    "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", // tests/protocol, too
  ]);
});

for (const status of [400, 401, 403, 404, 409])
  test(`a ${status} of something else ends nothing`, async (t) => {
    serverAnswering(t, () => Response.json({ ...REFUSED, wipe: true }, { status }));
    const line = new Line("secret", new TestClock(), new Epochs());

    await assert.rejects(line.postScan(SCAN, NOON), AnsweredByAnother);
  });

for (const status of [429, 502, 503])
  test(`a ${status} of a proxy is waited for`, async (t) => {
    serverAnswering(t, () => Response.json({}, { status }));
    const line = new Line("secret", new TestClock(), new Epochs());

    await assert.rejects(
      line.postScan(SCAN, NOON),
      (fault) => fault instanceof Unreachable && !(fault instanceof AnsweredByAnother),
    );
  });

test("a 413 of a proxy asks for less", async (t) => {
  serverAnswering(t, () => new Response("<html>", { status: 413 }));

  await assert.rejects(
    new Line("secret", new TestClock(), new Epochs()).postBatch([], NOON),
    TooLarge,
  );
});

test("success without the mark is none, and a server that never had one is believed", async (t) => {
  serverAnswering(t, () => Response.json(aReply(SCAN)));

  await assert.rejects(
    new Line("secret", new TestClock(), new Epochs()).postScan(SCAN, NOON),
    AnsweredByAnother,
  );
  const old = new Line("secret", new TestClock(), new Epochs(""));
  assert.equal((await old.postScan(SCAN, NOON)).status, "ok");
});

test("another Marhaba that has got the address is not believed, and its epoch not met", async (t) => {
  const [ours, theirs] = [await aKey(), await aKey()];
  const epochs = new Epochs();
  const line = new Line("secret", new TestClock(), epochs, () => ours.text);
  /** @type {((asked: Asked) => Response | Promise<Response>)[]} */
  const answers = [
    () => Response.json(aReply(SCAN), { headers: { "Marhaba-Epoch": OTHER_EPOCH } }),
    (asked) => signed(theirs.signer, nonceOf(asked), 200, aReply(SCAN), OTHER_EPOCH),
    (asked) => signed(theirs.signer, nonceOf(asked), 404, REFUSED, OTHER_EPOCH),
  ];
  serverAnswering(t, (asked) => /** @type {(asked: Asked) => Response} */ (answers.shift())(asked));

  for (const _ of [...answers]) await assert.rejects(line.postScan(SCAN, NOON), AnsweredByAnother);
  assert.deepEqual(epochs.met, [EPOCH]);
});

test("a server that was put back signs its new epoch, which is met", async (t) => {
  const { signer, text } = await aKey();
  const epochs = new Epochs();
  const line = new Line("secret", new TestClock(), epochs, () => text);
  serverAnswering(t, (asked) => signed(signer, nonceOf(asked), 200, aReply(SCAN), OTHER_EPOCH));

  assert.equal((await line.postScan(SCAN, NOON)).status, "ok");
  assert.deepEqual(epochs.met, [EPOCH, OTHER_EPOCH]);
});

test("whom a server does not know, it cannot sign: the device asks to be taken back", async (t) => {
  const { text } = await aKey();
  const line = new Line("secret", new TestClock(), new Epochs(), () => text);
  const headers = { "Marhaba-Epoch": OTHER_EPOCH };
  serverAnswering(t, () => Response.json(REFUSED, { status: 401, headers }));

  await assert.rejects(
    line.postScan(SCAN, NOON),
    (fault) => fault instanceof TokenRefused && !fault.wipe,
  );
});

test("a refusal holds with a signature for this very request", async (t) => {
  const { signer, text } = await aKey();
  const line = new Line("secret", new TestClock(), new Epochs(), () => text);
  serverAnswering(t, (asked) => signed(signer, nonceOf(asked), 400, REFUSED));

  await assert.rejects(line.postScan(SCAN, NOON), Rejected);
});

test("without one, with another key's, or with one of another request it does not", async (t) => {
  const [ours, theirs] = [await aKey(), await aKey()];
  const line = new Line("secret", new TestClock(), new Epochs(), () => ours.text);
  const old = await signed(ours.signer, "of an earlier request", 400, REFUSED);
  /** @type {((asked: Asked) => Response | Promise<Response>)[]} */
  const answers = [
    () => marked(400, REFUSED),
    (asked) => signed(theirs.signer, nonceOf(asked), 400, REFUSED),
    () => old,
  ];
  serverAnswering(t, (asked) => answers.shift()?.(asked) ?? marked(200, {}));

  for (let tries = 3; tries; tries -= 1)
    await assert.rejects(line.postScan(SCAN, NOON), AnsweredByAnother);
});

test("a revocation that erases is signed, one that does not ends nothing", async (t) => {
  const { signer, text } = await aKey();
  const line = new Line("secret", new TestClock(), new Epochs(), () => text);
  serverAnswering(t, () => marked(401, REFUSED));
  await assert.rejects(
    line.status(),
    (fault) => fault instanceof TokenRefused && fault.wipe === false,
  );
  t.mock.reset();

  serverAnswering(t, (asked) => signed(signer, nonceOf(asked), 401, { ...REFUSED, wipe: true }));
  await assert.rejects(line.status(), (fault) => fault instanceof TokenRefused && fault.wipe);
});

test("an epoch in a refusal of a server that is not this device's is not met", async (t) => {
  const { text } = await aKey();
  const epochs = new Epochs("b".repeat(32));
  serverAnswering(t, () => marked(401, REFUSED));

  await assert.rejects(
    new Line("secret", new TestClock(), epochs, () => text).status(),
    TokenRefused,
  );

  assert.deepEqual(epochs.met, ["b".repeat(32)]);
});

test("a batch sets scans aside with a signature only", async (t) => {
  const { signer, text } = await aKey();
  const line = new Line("secret", new TestClock(), new Epochs(), () => text);
  const results = [{ scan_id: "s1", status: "error", reason: "invalid", error: "conflict" }];
  serverAnswering(t, () => marked(200, { results }));
  assert.deepEqual(await line.postBatch([], NOON), []);
  t.mock.reset();

  serverAnswering(t, (asked) => signed(signer, nonceOf(asked), 200, { results }));
  assert.equal((await line.postBatch([], NOON)).length, 1);
});
