import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { OfflineGate } from "../../../checkin/static/js/offline/decisions.js";
import { HeldList } from "../../../checkin/static/js/offline/list/held-list.js";
import { tagOf } from "../../../checkin/static/js/offline/scan.js";
import { Spool } from "../../../checkin/static/js/offline/store/spool.js";
import { Storage } from "../../../checkin/static/js/offline/store/storage.js";
import { newcomerNamed } from "../../../checkin/static/js/offline/walk-in.js";
import { emptyBrowser } from "../browser.js";
import {
  aContent,
  aLease,
  aScan,
  fake,
  KHEMISSET,
  NOON,
  ONE,
  PLACE,
  REASONS,
  STRANGER,
  TestClock,
  TWO,
} from "../fakes.js";
import { aList } from "../lists.js";
import { aListed } from "../people.js";

/** @import { ReasonRow } from "../../../checkin/static/js/offline/admission.js" */
/** @import { LeaseReply } from "../../../checkin/static/js/offline/leases.js" */
/** @import { ListReply } from "../../../checkin/static/js/offline/list/list-checks.js" */

beforeEach(emptyBrowser);

const OK = { status: "ok", reason: null };

/**
 * Return a gate without the network that holds a list and a lease.
 * @param {ListReply | null} list
 * @param {LeaseReply | null} lent
 * @param {ReasonRow[]} reasons
 */
async function aGate(list, lent = null, reasons = REASONS) {
  const storage = new Storage();
  const spool = await Spool.of(storage);
  const held = new HeldList(storage, spool.kept, "rabat");
  if (list) await held.take(list, "");
  if (lent) await spool.takeLease(lent, lent.lease_id);
  const clock = new TestClock();
  return { gate: new OfflineGate(held, spool.memory, clock, PLACE, reasons), held, spool, clock };
}

/** @param {import("../../../checkin/static/js/offline/decisions.js").LocalAnswer} answer */
const decidedIn = ({ decided }) => decided?.reason ?? decided?.status;

test("before the first list a code of our form is kept, unchecked", async () => {
  const { gate } = await aGate(null);
  const scan = aScan("s1");

  const { verdict, decided, passage } = await gate.answer(scan);

  assert.deepEqual(verdict, { scan, ...OK, offline: true });
  assert.deepEqual(decided, OK);
  assert.deepEqual(passage, {
    scan_id: "s1",
    tag: tagOf(scan),
    participant_id: null,
    delegation_id: null,
    direction: "entry",
    at: NOON,
    gate: "Porte A",
    lease_id: null,
    place: false,
    seat: false,
  });
});

test("at an insecure address no list can be read, and nobody decides", async (t) => {
  const { gate } = await aGate(await aList({ people: [[ONE, aContent()]] }));
  t.mock.getter(crypto, "subtle", () => undefined);
  const scan = aScan("s1");

  assert.deepEqual(await gate.answer(scan), {
    verdict: { scan, unconfirmed: true },
    decided: null,
    passage: null,
  });
});

test("a text that is no code of ours is refused", async () => {
  const { gate } = await aGate(null);

  const { verdict, decided, passage } = await gate.answer(aScan("s1", { code: "M123" }));

  assert.deepEqual([verdict.status, verdict.reason, verdict.offline], ["error", "invalid", true]);
  assert.deepEqual([decided, passage], [{ status: "error", reason: "invalid" }, null]);
});

test("a person of the list is admitted by name, without a count that nobody knows here", async () => {
  const { gate } = await aGate(await aList({ people: [[ONE, aContent()]] }));
  const scan = aScan("s1");

  const { verdict, decided, passage } = await gate.answer(scan);

  assert.deepEqual(verdict, {
    scan,
    ...OK,
    participant: aContent().participant,
    delegation: KHEMISSET,
    first_admission: null,
    next_step: null,
    flags: [],
    opens_at: null,
    offline: true,
    stop: null,
  });
  assert.deepEqual(decided, OK);
  assert.deepEqual(passage, {
    scan_id: "s1",
    tag: tagOf(scan),
    participant_id: 1,
    delegation_id: 4,
    direction: "entry",
    at: NOON,
    gate: "Porte A",
    lease_id: null,
    place: false,
    seat: false,
  });
});

test("who came in here before is told when and where", async () => {
  const { gate, spool, clock } = await aGate(await aList({ people: [[ONE, aContent()]] }));
  const { passage } = await gate.answer(aScan("s1"));
  await spool.done([], passage);
  clock.pass(60_000);

  const { verdict, passage: none } = await gate.answer(aScan("s2"));

  assert.deepEqual(
    [verdict.reason, verdict.first_admission, none],
    ["already_redeemed", { at: "2025-06-14T12:00:00.000Z", gate: "Porte A", gate_ar: null }, null],
  );
});

test("a stranger is refused both ways, a revoked badge may leave", async () => {
  const { gate } = await aGate(await aList({ revoked: [TWO] }));
  const answers = await Promise.all(
    [
      aScan("s1", { code: STRANGER }),
      aScan("s2", { code: STRANGER, type: "exit" }),
      aScan("s3", { code: TWO }),
      aScan("s4", { code: TWO, type: "exit" }),
    ].map((scan) => gate.answer(scan)),
  );

  assert.deepEqual(answers.map(decidedIn), ["invalid", "invalid", "revoked", "ok"]);
  assert.ok(answers.every(({ verdict }) => verdict.offline));
  assert.deepEqual(
    answers.map(({ passage }) => passage?.direction),
    [undefined, undefined, undefined, "exit"],
  );
});

test("the reserve list enters on the places of a lease, until it expires", async () => {
  const people = /** @type {[string, ReturnType<typeof aContent>][]} */ ([
    [ONE, aContent({ standing: "reserve" })],
  ]);
  const list = await aList({ people, policy: { reserve_from: "2025-06-14T12:00:00Z" } });
  const none = await aGate(list, aLease({ places: 0 }));
  assert.equal(decidedIn(await none.gate.answer(aScan("s1"))), "quota_exceeded");
  const { gate } = await aGate(null, aLease({ places: 1 }));

  const { passage } = await gate.answer(aScan("s1"));
  assert.deepEqual([passage?.place, passage?.lease_id, passage?.seat], [true, "L1", false]);

  const late = aScan("s2", { scanned_at: "2025-06-14T12:10:00.000Z" });
  assert.equal(decidedIn(await gate.answer(late)), "quota_exceeded");
});

test("a clock that nobody can believe lets the lease rest", async () => {
  const list = await aList({ people: [[ONE, aContent()]], policy: { capacity: 500 } });
  const { gate, clock } = await aGate(list, aLease({ hall: 5 }));
  assert.equal(decidedIn(await gate.answer(aScan("s1"))), "ok");

  clock.isBelievable = () => false;

  assert.equal(decidedIn(await gate.answer(aScan("s2"))), "capacity_exceeded");
});

test("while entries are stopped the organiser's words come with the refusal", async () => {
  const stopped = { fr: "Alarme", ar: "إنذار", en: "Alarm" };
  const { gate } = await aGate(await aList({ people: [[ONE, aContent()]], policy: { stopped } }));

  const { verdict } = await gate.answer(aScan("s1"));

  assert.deepEqual([verdict.reason, verdict.stop], ["invalid_time", stopped]);
});

test("who is at the wrong gate is sent to their own, and who waits to the coordinators", async () => {
  const gates = [
    { id: 7, name: "Porte A", name_ar: null },
    { id: 8, name: "Porte B", name_ar: "الباب ب" },
  ];
  const coordinator_phone = "06 12 34 56 78";
  const people = /** @type {[string, ReturnType<typeof aContent>][]} */ ([
    [ONE, aContent({ gates: [8] })],
    [TWO, aContent({ standing: "reserve", gates: [7], coordinator_phone })],
  ]);
  const list = await aList({ people, gates, policy: { limited_gates: [7, 8] } });
  const { gate } = await aGate(list);

  const wrong = await gate.answer(aScan("s1"));
  const waits = await gate.answer(aScan("s2", { code: TWO }));

  assert.deepEqual(wrong.verdict.next_step, {
    act: "right_gate",
    gates: [gates[1]],
    at: null,
    phone: null,
  });
  assert.deepEqual(
    [waits.verdict.next_step?.act, waits.verdict.next_step?.phone],
    ["coordinator", coordinator_phone],
  );
});

test("the gate is where the server said last", async () => {
  const { gate, held } = await aGate(await aList());
  assert.deepEqual(gate.place, PLACE);

  await held.keepPlace({ id: 8, name: "Porte B" });

  assert.deepEqual(gate.place, { id: 8, name: "Porte B" });
});

test("a gate for some categories takes nobody without a badge", async () => {
  const list = await aList({ policy: { limited_gates: [7] } });
  const { gate } = await aGate(list, aLease({ places: 1, walk_in_key: "key" }));

  const answer = gate.walkIn(newcomerNamed("Amina", KHEMISSET), aScan("s1", { code: "" }));

  assert.equal(decidedIn(answer), "wrong_gate");
});

test("somebody without a badge comes in on a lent place", async () => {
  const { gate } = await aGate(await aList(), aLease({ places: 1, walk_in_key: "key" }));
  const newcomer = newcomerNamed("عمر", KHEMISSET);

  const { verdict, decided, passage } = gate.walkIn(newcomer, aScan("s1", { code: "" }));

  assert.deepEqual(decided, OK);
  assert.deepEqual(
    [verdict.participant?.name_ar, verdict.participant?.id, verdict.delegation],
    ["عمر", null, KHEMISSET],
  );
  assert.deepEqual(
    [passage?.tag, passage?.place, passage?.lease_id, passage?.delegation_id],
    [newcomer.id, true, "L1", 4],
  );
});

test("without a list, a lease or a key nobody comes in without a badge", async () => {
  const newcomer = newcomerNamed("Amina", KHEMISSET);
  const scan = aScan("s1", { code: "" });
  const list = await aList();

  const bare = (await aGate(null)).gate;
  const unlent = (await aGate(list)).gate;
  const keyless = (await aGate(null, aLease({ places: 1 }))).gate;
  const full = (await aGate(null, aLease({ places: 0, walk_in_key: "key" }))).gate;

  const answers = [bare, unlent, keyless, full].map((gate) => gate.walkIn(newcomer, scan));
  assert.deepEqual(answers.map(decidedIn), [
    "unapproved",
    "unapproved",
    "unapproved",
    "quota_exceeded",
  ]);
  assert.deepEqual(
    answers.map(({ passage }) => passage),
    [null, null, null, null],
  );
});

test("a page that was kept with other reasons than its scripts know decides nothing by half of them", async () => {
  const stranger = /** @type {any} */ ({ ...REASONS[0], reason: "of_tomorrow" });
  for (const reasons of [[], REASONS.slice(1), [...REASONS.slice(1), stranger]]) {
    const { gate } = await aGate(await aList(), aLease(), reasons);

    const { verdict, decided, passage } = await gate.answer(aScan("s1"));

    assert.deepEqual([verdict.unconfirmed, decided, passage], [true, null, null]);
    assert.equal(gate.walkInKey, "");
  }
});

/**
 * @param {number} day
 * @param {number} ofJune
 */
const aDay = (day, ofJune) => ({
  day,
  starts_at: `2025-06-${ofJune}T08:00:00Z`,
  ends_at: `2025-06-${ofJune}T18:00:00Z`,
  doors_open_at: null,
  doors_close_at: null,
  reserve_from: null,
});

test("on each day of an event a badge is admitted once", async () => {
  const policy = { days: [aDay(1, 13), aDay(2, 14)] };
  const { gate, spool } = await aGate(await aList({ people: [[ONE, aContent()]], policy }));
  const told = [];
  for (const [id, scanned_at] of Object.entries({
    s1: "2025-06-13T12:00:00Z",
    s2: "2025-06-14T12:00:00Z",
    s3: "2025-06-14T12:00:01Z",
  })) {
    const answer = await gate.answer(aScan(id, { scanned_at }));
    await spool.done([], answer.passage);
    told.push(decidedIn(answer));
  }

  assert.deepEqual(told, ["ok", "ok", "already_redeemed"]);
});

test("hours of a category decide, and a refusal says when the gate opens", async () => {
  const times = { opens_at: "2025-06-14T13:00:00Z", closes_at: "2025-06-14T14:00:00Z" };
  const policy = { days: [aDay(1, 14)], hours: [{ gate_id: null, category_id: 2, ...times }] };
  const list = await aList({ people: [[ONE, aContent({ category_id: 2 })]], policy });
  const { gate } = await aGate(list);

  const { verdict } = await gate.answer(aScan("s1"));

  assert.deepEqual(
    [verdict.reason, verdict.opens_at, verdict.next_step?.act],
    ["invalid_time", "2025-06-14T13:00:00.000Z", "wait"],
  );
});

test("whoever comes the day before is told when to come back", async () => {
  const times = { opens_at: "2025-06-15T08:00:00Z", closes_at: "2025-06-15T11:00:00Z" };
  const policy = {
    days: [aDay(1, 14), aDay(2, 15)],
    hours: [{ gate_id: null, category_id: 2, ...times }],
  };
  const list = await aList({ people: [[ONE, aContent({ category_id: 2 })]], policy });
  const { gate } = await aGate(list);

  const { verdict } = await gate.answer(aScan("s1"));

  const at = "2025-06-15T08:00:00.000Z";
  assert.equal(verdict.opens_at, at);
  assert.deepEqual(verdict.next_step, { act: "come_back", gates: [], at, phone: null });
});

test("after closing for good whoever comes is sent to the help desk", async () => {
  const times = { opens_at: "2025-06-14T10:00:00Z", closes_at: "2025-06-14T11:00:00Z" };
  const policy = { days: [aDay(1, 14)], hours: [{ gate_id: null, category_id: 2, ...times }] };
  const list = await aList({ people: [[ONE, aContent({ category_id: 2 })]], policy });
  const { gate } = await aGate(list);

  const { verdict } = await gate.answer(aScan("s1"));

  assert.deepEqual(
    [verdict.reason, verdict.opens_at, verdict.next_step?.act],
    ["invalid_time", null, "closed"],
  );
});

test("whoever a help desk has in its list is decided by their number, as with the badge", async () => {
  for (const [id, without_badge, decided] of /** @type {[number, any, string][]} */ ([
    [1, "everyone", "ok"],
    [2, "everyone", "canceled"],
    [1, "supervisors", "badge_required"],
    [99, "everyone", "invalid"],
  ])) {
    emptyBrowser();
    const { gate } = await aGate(await aList({ policy: { without_badge } }));
    const people = [aListed(1, "Amina"), aListed(2, "Driss", { standing: "canceled" })];
    const person = (/** @type {number} */ wanted) =>
      people.find(({ participant }) => participant.id === wanted) ?? null;
    gate.desk = fake({ person });
    const { code: _, ...reading } = aScan("s1", { source: "search" });

    const answer = await gate.answer({ ...reading, participant_id: id });

    assert.equal(decidedIn(answer), decided);
    assert.equal(answer.passage?.participant_id ?? null, decided === "ok" ? id : null);
  }
});
