import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import "../browser.js";
import { ListRefused } from "../../../checkin/static/js/offline/list/list-checks.js";
import { tagOf } from "../../../checkin/static/js/offline/scan.js";
import { StorageFault } from "../../../checkin/static/js/offline/store/storage.js";
import { newcomerNamed } from "../../../checkin/static/js/offline/walk-in.js";
import { Courier, faultOf } from "../../../checkin/static/js/server/courier.js";
import { Rejected, TokenRefused, Unreachable } from "../../../checkin/static/js/server/line.js";
import { aKeptScan, aScan, fake, KHEMISSET, PLACE } from "../fakes.js";

/** @import { Scan } from "../../../checkin/static/js/offline/scan.js" */
/** @import { Spool } from "../../../checkin/static/js/offline/store/spool.js" */
/** @import { GateEvent } from "../../../checkin/static/js/server/courier.js" */
/** @import { Delivery } from "../../../checkin/static/js/server/delivery.js" */
/** @import { Line, StatusReply } from "../../../checkin/static/js/server/line.js" */
/** @import { Freshness, Refresh } from "../../../checkin/static/js/server/refresh.js" */

const [ONE, TWO] = [aScan("s1"), aScan("s2")];
const OK = { status: /** @type {const} */ ("ok"), reason: null };
/** @type {StatusReply} */
const COUNTS = { gates: [], delegations: [], device: { gate: PLACE } };
/** @type {Freshness} */
const FRESH = {
  listAgeMs: null,
  listStale: false,
  skewMs: null,
  clockOff: false,
  stop: null,
  coming: null,
};

/**
 * Return a courier whose parts do nothing where nothing else is said, and what it tells.
 * @param {object} [parts]
 * @param {Partial<Delivery>} [parts.delivery]
 * @param {Partial<Refresh>} [parts.refresh]
 * @param {Partial<Spool>} [parts.spool]
 * @param {Partial<Line>} [parts.line]
 * @param {(gateEvent: GateEvent) => void} [parts.tell] hears each before it is noted
 * @param {() => Promise<void>} [parts.wipe]
 */
function aCourier({ delivery, refresh, spool, line, tell = () => {}, wipe = async () => {} } = {}) {
  /** @type {GateEvent[]} */
  const told = [];
  /** @type {Delivery} */
  const deliveries = fake({
    online: true,
    register: async () => 0,
    registerAgain: async () => {},
    offer: async () => 0,
    upload: async () => ({ settled: 0, contradicted: 0 }),
    ...delivery,
  });
  /** @type {Refresh} */
  const refreshes = fake({
    run: async () => 30_000,
    held: fake({ coming: null }),
    noteStatus: async () => {},
    isBehind: () => false,
    freshness: () => FRESH,
    ...refresh,
  });
  /** @type {Spool} */
  const waiting = fake({
    undecided: () => [],
    memory: fake({ waits: () => false }),
    kept: fake({ value: () => null, keep: async () => {} }),
    setAsideCount: 0,
    waitingCount: 0,
    decidedCount: 0,
    acknowledged: fake({ epoch: "", countToOffer: 0 }),
    ...spool,
  });
  /** @type {Line} */
  const server = fake({ status: async () => COUNTS, ...line });
  const courier = new Courier({
    delivery: deliveries,
    refresh: refreshes,
    spool: waiting,
    line: server,
    tell(gateEvent) {
      tell(gateEvent);
      told.push(gateEvent);
    },
    wipe,
  });
  return { courier, told, delivery: deliveries };
}

/**
 * Return what was told besides the state of the line.
 * @param {GateEvent[]} told
 */
const news = (told) => told.filter((one) => !one.line);

/** Timers that run only when a test says so. */
class StoppedTimers {
  /** @type {Map<number, {work: () => void, ms: number}>} */
  waiting = new Map();
  #last = 0;

  /** @param {import("node:test").TestContext} t */
  constructor(t) {
    t.mock.method(
      globalThis,
      "setTimeout",
      (/** @type {() => void} */ work, /** @type {number} */ ms) => {
        this.#last += 1;
        this.waiting.set(this.#last, { work, ms });
        return this.#last;
      },
    );
    t.mock.method(globalThis, "clearTimeout", (/** @type {number} */ id) =>
      this.waiting.delete(id),
    );
  }

  /** Let the round that waits begin, and wait until it has ended and the next one waits. */
  async aRound() {
    const [[id, { work }]] = this.waiting;
    this.waiting.delete(id);
    work();
    const began = performance.now();
    while (!this.waiting.size) {
      assert.ok(performance.now() - began < 20_000, "the round does not end");
      await turn();
    }
  }
}

/**
 * Let a round begin and end.
 * @param {import("node:test").TestContext} t
 * @param {Courier} courier
 */
async function aRound(t, courier) {
  const timers = new StoppedTimers(t);
  courier.hurry();
  await timers.aRound();
  return timers;
}

test("verdicts come in the order of the scans, one after the other", async () => {
  /** @type {string[]} */
  const order = [];
  const { courier, told } = aCourier({
    delivery: {
      async deliver(scan) {
        order.push(`asks ${scan.scan_id}`);
        await turn();
        order.push(`told ${scan.scan_id}`);
        return { scan, ...OK };
      },
    },
  });

  courier.submit(ONE);
  await courier.submit(TWO);

  assert.deepEqual(order, ["asks s1", "told s1", "asks s2", "told s2"]);
  assert.deepEqual(news(told), [
    { verdict: { scan: ONE, ...OK } },
    { verdict: { scan: TWO, ...OK } },
  ]);
});

test("a scan that failed is told as a fault, and asked about again", async (t) => {
  /** @type {string[]} */
  const asked = [];
  const { courier, told } = aCourier({
    delivery: {
      deliver: async () => {
        throw new StorageFault("full", "no space");
      },
      ask: async (scan) => {
        asked.push(scan.scan_id);
        return { scan, ...OK };
      },
    },
  });

  await courier.submit(ONE);
  assert.deepEqual(news(told), [
    { verdict: { scan: ONE, fault: { code: "storage_full", detail: "full no space" } } },
  ]);
  await aRound(t, courier);

  assert.deepEqual(asked, ["s1"]);
  assert.deepEqual(news(told)[1], { verdict: { scan: ONE, ...OK } });
});

test("a scan that nobody could decide is asked about again", async (t) => {
  const { courier, told } = aCourier({
    delivery: {
      deliver: async (scan) => ({ scan, unconfirmed: true }),
      ask: async (scan) => ({ scan, ...OK }),
    },
  });

  await courier.submit(ONE);
  await aRound(t, courier);

  assert.deepEqual(news(told), [
    { verdict: { scan: ONE, unconfirmed: true } },
    { verdict: { scan: ONE, ...OK } },
  ]);
});

test("scans that a crash cut off are sent, and nobody stands there for their verdict", async (t) => {
  /** @type {string[]} */
  const sent = [];
  const { courier, told } = aCourier({
    spool: { undecided: () => [aKeptScan("s1")] },
    delivery: { askAgain: async (scan) => void sent.push(String(scan.badge_ref)) },
  });

  await aRound(t, courier);

  assert.deepEqual(sent, [aKeptScan("s1").badge_ref]);
  assert.deepEqual(news(told), [{ uploaded: 1, contradicted: 0 }]);
});

test("a later scan of the badge that was decided here goes before one that was cut off", async (t) => {
  const [first, other] = [aKeptScan("s1"), { ...aKeptScan("s2"), badge_ref: "f".repeat(32) }];
  /** @type {string[]} */
  const sent = [];
  let isUnheard = true;
  const { courier } = aCourier({
    spool: {
      undecided: () => [first, other],
      memory: fake({ waits: (/** @type {string} */ tag) => isUnheard && tag === tagOf(first) }),
    },
    delivery: {
      askAgain: async (scan) => void sent.push(scan.scan_id),
      upload: async () => {
        isUnheard = false;
        return { settled: 0, contradicted: 0 };
      },
    },
  });

  const timers = await aRound(t, courier);
  assert.deepEqual(sent, ["s2"]);
  await timers.aRound();

  assert.deepEqual(sent, ["s2", "s1"]);
});

test("what fails for one scan does not end the others", async () => {
  let failing = true;
  const { courier, told } = aCourier({
    delivery: { deliver: async (scan) => ({ scan, ...OK }) },
    tell(gateEvent) {
      if (!gateEvent.verdict || !failing) return;
      failing = false;
      throw new Error("a card that cannot be drawn");
    },
  });

  await courier.submit(ONE);
  await courier.submit(TWO);

  assert.deepEqual(
    news(told).map(({ verdict }) => [verdict?.scan.scan_id, verdict?.fault?.code]),
    [
      ["s1", "unexpected"],
      ["s2", undefined],
    ],
  );
});

test("a refused token stops it, erases what the server says, and confirms that", async () => {
  /** @type {string[]} */
  const done = [];
  const { courier, told } = aCourier({
    spool: { waitingCount: 2 },
    delivery: {
      deliver: async () => {
        throw new TokenRefused(true);
      },
    },
    wipe: async () => void done.push("wiped"),
    line: { confirmWipe: async () => void done.push("confirmed") },
  });

  await courier.submit(ONE);
  await courier.submit(TWO);

  assert.deepEqual(news(told), [{ stopped: "wiped", waiting: 2 }]);
  assert.deepEqual(done, ["wiped", "confirmed"]);
});

test("a token that is refused without that word erases nothing", async () => {
  const { courier, told } = aCourier({
    delivery: {
      deliver: async () => {
        throw new TokenRefused(false);
      },
    },
    wipe: async () => assert.fail("nothing is to be erased"),
  });

  await courier.submit(ONE);

  assert.deepEqual(news(told), [{ stopped: "token_refused", waiting: 0 }]);
});

test("a disk that cannot be erased is not confirmed, and the page is told all the same", async () => {
  const { courier, told } = aCourier({
    delivery: {
      deliver: async () => {
        throw new TokenRefused(true);
      },
    },
    wipe: async () => {
      throw new Error("the disk is full");
    },
    line: { confirmWipe: async () => assert.fail("it was not erased") },
  });

  await courier.submit(ONE);

  assert.deepEqual(news(told), [{ stopped: "wiped", waiting: 0 }]);
});

test("a round tells the server what waits, sends it, and keeps list and lease fresh", async (t) => {
  /** @type {string[]} */
  const done = [];
  const batches = [
    { settled: 500, contradicted: 1 },
    { settled: 20, contradicted: 2 },
  ];
  const { courier, told, delivery } = aCourier({
    spool: { waitingCount: 520 },
    line: {
      status: async (waiting) => {
        done.push(`status ${waiting}`);
        return COUNTS;
      },
    },
    delivery: {
      online: false,
      upload: async () => batches.shift() ?? { settled: 0, contradicted: 0 },
      register: async () => {
        done.push("register");
        return 0;
      },
    },
    refresh: {
      run: async () => {
        done.push("refresh");
        return 30_000;
      },
    },
  });

  await aRound(t, courier);

  assert.deepEqual(done, ["status 520", "register", "refresh"]);
  assert.equal(delivery.online, true);
  assert.deepEqual(news(told), [{ uploaded: 520, contradicted: 3 }]);
  assert.deepEqual(told[0], { line: { online: true, counts: COUNTS, ...FRESH } });
});

test("walk-ins who were registered are sent in the same round", async (t) => {
  let registered = false;
  const { courier, told } = aCourier({
    delivery: {
      register: async () => {
        registered = true;
        return 1;
      },
      upload: async () => {
        const settled = registered ? 1 : 0;
        registered = false;
        return { settled, contradicted: 0 };
      },
    },
  });

  await aRound(t, courier);

  assert.deepEqual(news(told), [{ uploaded: 1, contradicted: 0 }]);
});

test("a server that is away is asked for nothing else, and is looked for again", async (t) => {
  let asked = 0;
  const { courier, told, delivery } = aCourier({
    line: {
      status: async () => {
        asked += 1;
        throw new Unreachable("away");
      },
    },
    delivery: { upload: async () => assert.fail("nobody is there") },
    refresh: { run: async () => assert.fail("nobody is there") },
  });

  const timers = await aRound(t, courier);
  assert.equal(delivery.online, false);
  assert.deepEqual(news(told), []);
  assert.equal(told.at(-1)?.line?.online, false);

  assert.deepEqual(
    [...timers.waiting.values()].map(({ ms }) => ms),
    [1_000],
  );
  await timers.aRound();
  assert.equal(asked, 2);
});

test("a server that will not tell its counts is there too", async (t) => {
  const { courier, delivery } = aCourier({
    delivery: { online: false },
    line: {
      status: async () => {
        throw new Rejected(403, { error: "no" });
      },
    },
  });

  await aRound(t, courier);

  assert.equal(delivery.online, true);
});

test("counts and a fresh list are not asked for in every round", async (t) => {
  let [asked, refreshed] = [0, 0];
  const { courier } = aCourier({
    line: {
      status: async () => {
        asked += 1;
        return COUNTS;
      },
    },
    refresh: {
      run: async () => {
        refreshed += 1;
        return 30_000;
      },
    },
  });

  const timers = await aRound(t, courier);
  await timers.aRound();

  assert.deepEqual([asked, refreshed], [1, 1]);
});

test("a list that is being prepared is asked for again when the server says", async (t) => {
  let refreshed = 0;
  const { courier } = aCourier({
    refresh: {
      run: async () => {
        refreshed += 1;
        return 0;
      },
    },
  });

  const timers = await aRound(t, courier);
  await timers.aRound();

  assert.equal(refreshed, 2);
});

test("segments are fetched beside the rounds, and what is behind them at once", async (t) => {
  /** @type {(() => void)[]} */
  const arrives = [];
  let [refreshed, fetches, statuses] = [0, 0, 0];
  /** @type {{coming: {done: number, of: number} | null}} */
  const held = { coming: { done: 0, of: 2 } };
  const { courier } = aCourier({
    line: {
      status: async () => {
        statuses += 1;
        return COUNTS;
      },
    },
    refresh: {
      run: async () => {
        refreshed += 1;
        return 30_000;
      },
      held: fake(held),
      fetchSegments: async () => {
        fetches += 1;
        await new Promise((done) => arrives.push(() => done(null)));
        held.coming = null;
        return true;
      },
    },
  });
  const timers = await aRound(t, courier);
  courier.delivery.online = false; // so that the next round asks for the counts
  await timers.aRound();
  assert.deepEqual([refreshed, fetches, statuses], [1, 1, 2]);

  for (const done of arrives) done();
  await new Promise((done) => setImmediate(done));
  await timers.aRound();
  assert.deepEqual([refreshed, fetches], [2, 1]);
});

test("a segment that does not come leaves the gate online", async (t) => {
  const { courier, delivery, told } = aCourier({
    refresh: {
      held: fake({ coming: { done: 0, of: 2 } }),
      fetchSegments: async () => {
        throw new Unreachable("slow");
      },
    },
  });

  await aRound(t, courier);

  assert.equal(delivery.online, true);
  assert.deepEqual(news(told), []);
});

test("a network that is back hurries the next round, and no second one beside it", async (t) => {
  let rounds = 0;
  /** @type {() => void} */
  let endOfTheRound = () => {};
  const { courier } = aCourier({
    delivery: {
      register: () => {
        rounds += 1;
        return new Promise((done) => {
          endOfTheRound = () => done(0);
        });
      },
    },
  });
  const timers = new StoppedTimers(t);
  courier.start();
  const round = timers.aRound();
  while (!rounds) await turn();

  courier.hurry();
  assert.equal(timers.waiting.size, 0);
  endOfTheRound();
  await round;

  assert.deepEqual(
    [...timers.waiting.values()].map(({ ms }) => ms),
    [1_000],
  );
  courier.hurry();
  assert.deepEqual(
    [...timers.waiting.values()].map(({ ms }) => ms),
    [0],
  );
  assert.equal(rounds, 1);
});

test("a list that is not the event's is told as trouble", async (t) => {
  const { courier, told } = aCourier({
    refresh: {
      run: async () => {
        throw new ListRefused("forged");
      },
    },
  });

  await aRound(t, courier);

  assert.deepEqual(news(told), [{ trouble: { code: "list_refused", detail: "forged" } }]);
});

test("after it was stopped nothing is sent or told any more", async (t) => {
  const { courier, told } = aCourier({
    delivery: { deliver: async () => assert.fail("it was stopped") },
    line: { status: async () => assert.fail("it was stopped") },
  });
  const timers = new StoppedTimers(t);
  courier.start();
  assert.equal(timers.waiting.size, 1);

  courier.stop();
  await courier.submit(ONE);

  assert.equal(timers.waiting.size, 0);
  assert.deepEqual(told, []);
});

test("a scan is taken back, unless the server says no or nothing", async () => {
  /** @type {(Error | null)[]} */
  const answers = [null, new Rejected(409, { error: "too_late" }), new Unreachable("away")];
  /** @type {string[]} */
  const forgotten = [];
  const { courier, told } = aCourier({
    line: {
      annul: async () => {
        const fault = answers.shift();
        if (fault) throw fault;
      },
    },
    spool: { forgetPassage: async (scanId) => void forgotten.push(scanId) },
  });

  for (const id of ["s1", "s2", "s3"]) await courier.annul(id);

  assert.deepEqual(forgotten, ["s1"]);
  assert.deepEqual(told, [
    { annulled: "annulled", scanId: "s1" },
    { annulled: "annul_refused", scanId: "s2" },
    { annulled: "annul_offline", scanId: "s3" },
  ]);
});

test("somebody without a badge is let in by the delivery, and the line told", async () => {
  /** @type {Scan[]} */
  const admitted = [];
  const { courier, told } = aCourier({
    delivery: {
      admit: async (_, scan) => {
        admitted.push(scan);
        return { scan, ...OK };
      },
    },
  });

  const verdict = await courier.admit(newcomerNamed("Amina", KHEMISSET), ONE);

  assert.deepEqual([verdict, admitted], [{ scan: ONE, ...OK }, [ONE]]);
  assert.equal(told.length, 1);
});

test("a fault is named by the word that a person is told", () => {
  assert.deepEqual(faultOf(new StorageFault("lost")), { code: "storage_lost", detail: "lost " });
  assert.deepEqual(faultOf(new ListRefused("older")), { code: "list_refused", detail: "older" });
  assert.deepEqual(faultOf(new TypeError("x")), { code: "unexpected", detail: "TypeError: x" });
});

/**
 * Return a spool with something set aside, and what it keeps.
 * @param {object} values as they are kept
 */
function asideIn(values) {
  /** @type {Record<string, unknown>} */
  const kept = { ...values };
  let again = 0;
  /** @type {Partial<Spool>} */
  const spool = {
    setAsideCount: 2,
    kept: fake({
      value: (/** @type {string} */ name) => kept[name] ?? null,
      keep: async (/** @type {object} */ more) => {
        Object.assign(kept, more);
      },
    }),
    sendAgain: async () => {
      again += 1;
      return 2;
    },
  };
  return { spool, kept, count: () => again };
}

test("what was set aside is sent again once when an organiser asks, or the server is a new one", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { spool, count } = asideIn({ version: "1.0.0" });
  const replies = [
    { ...COUNTS, version: "1.0.0" },
    { ...COUNTS, version: "1.1.0" },
    { ...COUNTS, version: "1.1.0" },
    { gates: [], delegations: [], version: "1.1.0", device: { gate: PLACE, send_again: "noon" } },
    { gates: [], delegations: [], version: "1.1.0", device: { gate: PLACE, send_again: "noon" } },
  ];
  const counts = [];
  const line = { status: async () => replies.shift() ?? COUNTS };
  for (const _ of [1, 2, 3, 4, 5]) {
    const { courier } = aCourier({ spool, line });
    courier.start();
    t.mock.timers.tick(1);
    await turn();
    await turn();
    courier.stop();
    counts.push(count());
  }

  assert.deepEqual(counts, [0, 1, 1, 2, 2]);
});

test("a heartbeat tells what is set aside, counts on, and tells a lost store once", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { spool, kept } = asideIn({ turn: 4, lost: true });
  /** @type {Record<string, string>[]} */
  const told = [];
  const line = {
    status: async (/** @type {number | null} */ _waiting, /** @type {object} */ more = {}) => {
      told.push({ ...more });
      return COUNTS;
    },
  };
  for (const _ of [1, 2]) {
    const { courier } = aCourier({ spool, line });
    courier.start();
    t.mock.timers.tick(1);
    await turn();
    await turn();
    courier.stop();
  }

  const [first, second] = told;
  assert.deepEqual([first.set_aside, first.turn, first.lost], ["2", "5", "true"]);
  assert.deepEqual([second.turn, second.lost], ["6", undefined]);
  assert.notEqual(first.run, second.run);
  assert.equal(kept.lost, false);
});
