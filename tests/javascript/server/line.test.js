import assert from "node:assert/strict";
import test from "node:test";
import "../browser.js";
import {
  AskedTooOften,
  Line,
  ListNotReady,
  NotKnownYet,
  Rejected,
  SearchBudget,
  ServerFailed,
  TokenRefused,
  Unreachable,
} from "../../../checkin/static/js/server/line.js";
import { watchBattery } from "../../../checkin/static/js/shared/battery.js";
import { aKeptScan, aReply, aScan, KHEMISSET, NOON, TestClock } from "../fakes.js";
import { serverAnswering, told } from "./answers.js";

const SCAN = aScan("s1");
const KEPT = aKeptScan("s1");

/** @param {TestClock} clock */
const aLine = (clock = new TestClock()) => new Line("secret", clock);

test("a scan is sent with the token, in the page's language, and its reply returned", async (t) => {
  const reply = aReply(SCAN);
  const asked = serverAnswering(t, () => told(reply));

  assert.deepEqual(await aLine().postScan(SCAN, NOON), reply);

  const [{ method, path, body, headers }] = asked;
  assert.deepEqual([method, path], ["POST", "scans"]);
  assert.deepEqual(body, { ...SCAN, device_time: "2025-06-14T12:00:00.000Z" });
  assert.equal(headers.get("Authorization"), "Bearer secret");
  assert.equal(headers.get("Accept-Language"), "fr");
  assert.equal(headers.get("Content-Type"), "application/json");
});

test("a scan that was kept is sent with the reference of its badge", async (t) => {
  const asked = serverAnswering(t, () => told(aReply(SCAN, { participant: null })));

  await aLine().postScan(KEPT, NOON);

  assert.deepEqual(asked[0].body, { ...KEPT, device_time: "2025-06-14T12:00:00.000Z" });
  assert.ok(!JSON.stringify(asked[0].body).includes(String(SCAN.code)));
});

test("no time is told of a clock that nobody knows", async (t) => {
  const asked = serverAnswering(t, () => told(aReply(SCAN)));

  await aLine().postScan(SCAN, null);

  assert.deepEqual(asked[0].body, SCAN);
});

test("a refusal is a reply too", async (t) => {
  const reply = aReply(SCAN, { status: "error", reason: "blocked" });
  serverAnswering(t, () => told(reply));

  assert.equal((await aLine().postScan(SCAN, NOON)).reason, "blocked");
});

test("only an answer to this very scan counts", async (t) => {
  serverAnswering(t, () => told(aReply(aScan("another"))));

  await assert.rejects(aLine().postScan(SCAN, NOON), Unreachable);
});

test("each exchange measures the clock, half way through", async (t) => {
  const clock = new TestClock();
  const steady = [5_000, 5_200];
  t.mock.method(performance, "now", () => steady.shift());
  serverAnswering(t, () => told({ ...aReply(SCAN), server_time: "2025-06-14T11:59:00Z" }));

  await aLine(clock).postScan(SCAN, NOON);

  assert.equal(clock.skew, 60_100);
});

test("the counts tell the time by another name", async (t) => {
  const clock = new TestClock();
  serverAnswering(t, () => told({ gates: [], at: "2025-06-14T11:59:00Z" }));

  await aLine(clock).status();

  assert.ok(clock.skew !== null && clock.skew >= 60_000);
});

test("the boards hear how many scans wait here, and how full the battery is", async (t) => {
  const asked = serverAnswering(t, () => told({ gates: [] }));

  await aLine().status(3);
  await aLine().status();
  const battery = Object.assign(new EventTarget(), { level: 0.186, charging: true });
  Object.defineProperty(navigator, "getBattery", { value: async () => battery });
  await watchBattery(() => {});
  battery.charging = false;
  battery.dispatchEvent(new Event("chargingchange"));
  await aLine().status(3);

  assert.deepEqual(
    asked.map(({ method, path }) => [method, path]),
    [
      ["GET", "status?waiting=3&device_time=2025-06-14T12%3A00%3A00.000Z"],
      ["GET", "status"],
      [
        "GET",
        "status?waiting=3&device_time=2025-06-14T12%3A00%3A00.000Z&battery=19&charging=false",
      ],
    ],
  );
});

test("a batch carries what was decided, and the lease that was spent", async (t) => {
  const results = [{ scan_id: "s1", status: "ok", reason: null }];
  const asked = serverAnswering(t, () => told({ results }));
  const ok = { status: /** @type {const} */ ("ok"), reason: null };
  const rows = [
    { scan_id: "s1", position: 1, scan: KEPT, decided: ok, frame: "f", lease_id: "L1" },
    { scan_id: "s2", position: 2, scan: aKeptScan("s2"), decided: ok, frame: "f", lease_id: null },
  ];

  assert.deepEqual(await aLine().postBatch(rows, NOON), results);

  assert.equal(asked[0].path, "scans/batch");
  assert.deepEqual(asked[0].body, {
    device_time: "2025-06-14T12:00:00.000Z",
    scans: [
      { ...KEPT, decided: ok, lease_id: "L1" },
      { ...aKeptScan("s2"), decided: ok },
    ],
  });
});

test("an answer to a batch without results is none", async (t) => {
  serverAnswering(t, () => told({}));

  await assert.rejects(aLine().postBatch([], NOON), Unreachable);
});

test("a list is asked for with what is held, and 304 says that it still holds", async (t) => {
  const asked = serverAnswering(t, ({ path }) =>
    path === "gate-list"
      ? told({ head: {} }, { headers: { ETag: '"e2"' } })
      : new Response(null, { status: 304 }),
  );

  assert.equal(await aLine().gateList(5, '"e1"'), null);
  assert.deepEqual(await aLine().gateList(0, ""), { body: { head: {} }, etag: '"e2"' });

  assert.deepEqual(
    asked.map(({ path, headers }) => [path, headers.get("If-None-Match")]),
    [
      ["gate-list?since=5", '"e1"'],
      ["gate-list", null],
    ],
  );
});

test("a list may come in segments, which are fetched by their marks", async (t) => {
  const asked = serverAnswering(t, ({ path }) => {
    if (path.startsWith("gate-list/")) return new Response(new Uint8Array([1, 2, 255]));
    if (path === "gate-list?segments=1") return told({ head: { format: 2 } });
    return told(
      { error: "list_not_ready", detail: "" },
      { status: 503, headers: { "Retry-After": "5" } },
    );
  });
  const line = aLine();

  assert.deepEqual((await line.gateList(0, "", "", true))?.body, { head: { format: 2 } });
  assert.deepEqual(await line.segments(["a-b_", "c"]), new Uint8Array([1, 2, 255]));
  await assert.rejects(line.gateList(7, "", "aa", true), new ListNotReady(5));
  assert.deepEqual(
    asked.map(({ path }) => path),
    ["gate-list?segments=1", "gate-list/segments/a-b_,c", "gate-list?since=7&epoch=aa&segments=1"],
  );
});

test("a hub is told that the list has a badge, and may leave the decision to this gate", async (t) => {
  const asked = serverAnswering(t, () =>
    told({ error: "not_known_yet", detail: "" }, { status: 503 }),
  );

  await assert.rejects(aLine().postScan(SCAN, NOON, true), NotKnownYet);

  assert.equal(/** @type {{listed?: boolean}} */ (asked[0].body).listed, true);
});

test("a segment that is there no more is told from one that does not come", async (t) => {
  serverAnswering(t, ({ path }) =>
    path.endsWith("gone")
      ? told({ error: "not_found", detail: "" }, { status: 404 })
      : told({ error: "unavailable", detail: "" }, { status: 503 }),
  );

  await assert.rejects(aLine().segments(["gone"]), Rejected);
  await assert.rejects(aLine().segments(["busy"]), Unreachable);
});

test("a lease is borrowed, renewed and given back", async (t) => {
  const asked = serverAnswering(t, () => told({ lease_id: "L2" }));
  const line = aLine();

  await line.lease(null);
  assert.equal((await line.lease("L1")).lease_id, "L2");
  await line.returnLease("L2");

  assert.deepEqual(
    asked.map(({ method, path, body }) => [method, path, body]),
    [
      ["POST", "leases", {}],
      ["POST", "leases", { held: "L1" }],
      ["DELETE", "leases?lease_id=L2", null],
    ],
  );
});

test("a walk-in is asked about again with a supervisor's PIN in a header", async (t) => {
  const asked = serverAnswering(t, () => told({ code: "M1" }));
  const newcomer = { id: "w1", name: "Amina Tazi", delegation: KHEMISSET };

  await aLine().registerWalkIn(newcomer, false, "246810");
  await aLine().registerWalkIn(newcomer, true);

  assert.deepEqual(
    asked.map(({ headers }) => headers.get("Marhaba-Supervisor-Pin")),
    ["246810", null],
  );
});

test("what a volunteer asks for by hand", async (t) => {
  const asked = serverAnswering(t, ({ path }) =>
    path === "scans" ? told(aReply(SCAN)) : told({ participants: [{ id: 1 }], code: "M1" }),
  );
  const line = aLine();
  const newcomer = { id: "w1", name: "Amina Tazi", delegation: KHEMISSET };

  assert.deepEqual(await line.search("Tazi & co"), { people: [{ id: 1 }], more: 0, buses: [] });
  assert.equal((await line.registerWalkIn(newcomer, true)).code, "M1");
  await line.override(SCAN, "known to me", "1234");
  await line.annul("s1", "taken back");
  await line.confirmWipe();

  assert.deepEqual(
    asked.map(({ method, path, body }) => [method, path, body]),
    [
      ["POST", "participants/search", { q: "Tazi & co" }],
      [
        "POST",
        "participants",
        { name: "Amina Tazi", id: "w1", delegation_id: 4, allow_duplicate: true },
      ],
      [
        "POST",
        "scans",
        { ...SCAN, force: true, force_reason: "known to me", supervisor_pin: "1234" },
      ],
      ["POST", "scans/s1/annul", { reason: "taken back" }],
      ["POST", "devices/wiped", {}],
    ],
  );
});

test("a server that knows no search by a body is searched by the address", async (t) => {
  const asked = serverAnswering(t, ({ method }) =>
    method === "POST"
      ? told({ error: "not_found", detail: "" }, { status: 404 })
      : told({ more: 2 }),
  );

  assert.deepEqual(await aLine().search("Tazi & co", "246810"), { people: [], more: 2, buses: [] });

  assert.deepEqual(
    asked.map(({ method, path }) => [method, path]),
    [
      ["POST", "participants/search"],
      ["GET", "participants?q=Tazi+%26+co"],
    ],
  );
  assert.deepEqual(
    asked.map(({ headers }) => headers.get("Marhaba-Supervisor-Pin")),
    ["246810", "246810"],
  );
});

test("a search that is refused is not tried by the address", async (t) => {
  const asked = serverAnswering(t, () => told({ error: "forbidden", detail: "" }, { status: 403 }));

  await assert.rejects(aLine().search("Tazi"), Rejected);

  assert.equal(asked.length, 1);
});

test("a registration without a code is no answer", async (t) => {
  serverAnswering(t, () => told({ participant_id: 5 }));

  await assert.rejects(aLine().register({ id: "w1", delegation_id: 4, sealed: "…" }), Unreachable);
});

const REFUSAL = { error: "e", detail: "d" };

for (const status of [400, 403, 404, 409, 413, 415, 422]) {
  test(`after ${status} the server will never take this request`, async (t) => {
    serverAnswering(t, () => told(REFUSAL, { status }));

    await assert.rejects(aLine().status(), (fault) => {
      assert.ok(fault instanceof Rejected);
      assert.deepEqual(
        [fault.status, fault.error, fault.detail, fault.message],
        [status, "e", "d", `${status} e: d`],
      );
      return true;
    });
  });
}

test("the token is refused, with the word to erase or without", async (t) => {
  serverAnswering(t, () => told({ error: "revoked", wipe: true }, { status: 401 }));
  await assert.rejects(aLine().status(), (fault) => fault instanceof TokenRefused && fault.wipe);

  serverAnswering(t, () => told({ error: "revoked" }, { status: 401 }));
  await assert.rejects(aLine().status(), (fault) => fault instanceof TokenRefused && !fault.wipe);
});

test("a server that failed on this request is told from one that is away", async (t) => {
  serverAnswering(t, () => told(REFUSAL, { status: 500 }));
  await assert.rejects(aLine().status(), (fault) => fault instanceof ServerFailed);

  serverAnswering(t, () => told(REFUSAL, { status: 503 }));
  await assert.rejects(aLine().status(), (fault) => fault?.constructor === Unreachable);
});

test("who asked too often is told how many minutes to wait, at least one", async (t) => {
  for (const [header, minutes] of /** @type {const} */ ([
    ["90", 2],
    ["5", 1],
    ["soon", 1],
  ])) {
    serverAnswering(t, () => told(REFUSAL, { status: 429, headers: { "Retry-After": header } }));
    await assert.rejects(
      aLine().search("Tazi"),
      (fault) => fault instanceof AskedTooOften && fault.minutes === minutes,
    );
  }
});

test("a search beyond the budget is told apart, and a supervisor's PIN goes in a header", async (t) => {
  const asked = serverAnswering(t, ({ headers }) =>
    headers.has("Marhaba-Supervisor-Pin")
      ? told({ participants: [], more: 3 })
      : told({ error: "search_budget" }, { status: 429, headers: { "Retry-After": "61" } }),
  );

  await assert.rejects(
    aLine().search("Tazi"),
    (fault) => fault instanceof SearchBudget && fault.minutes === 2,
  );
  assert.deepEqual(await aLine().search("Tazi", "246810"), { people: [], more: 3, buses: [] });
  assert.equal(asked[1].headers.get("Marhaba-Supervisor-Pin"), "246810");
});

test("what is no answer of ours stops nothing and sets nothing aside", async (t) => {
  const others = [
    () => new Response("<p>Please sign in to the hotel's network</p>"),
    () => new Response("", { status: 302 }),
    () => new Response("<h1>Unauthorized</h1>", { status: 401 }),
    () => told({ message: "of a proxy" }, { status: 404 }),
    () => told(/** @type {object} */ (/** @type {unknown} */ ("a text"))),
    () => Promise.reject(new TypeError("no network")),
  ];
  for (const answer of others) {
    serverAnswering(t, answer);
    await assert.rejects(aLine().status(), (fault) => fault?.constructor === Unreachable);
  }
});

test("what the server does not take is told to whoever asked for it", async (t) => {
  serverAnswering(t, () => told(REFUSAL, { status: 404 }));
  const line = aLine();

  await assert.rejects(line.annul("s1", "taken back"), Rejected);
  await assert.rejects(line.confirmWipe(), Rejected);
  await assert.rejects(line.returnLease("L1"), Rejected);
});
