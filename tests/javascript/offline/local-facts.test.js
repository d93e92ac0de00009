import assert from "node:assert/strict";
import test from "node:test";
import { FACTS, POLICY } from "../../../checkin/static/js/offline/admission.js";
import {
  daysFrom,
  factsFrom,
  NOTHING_LENT,
  policyFrom,
  takesPlace,
  takesSeat,
  walkInFacts,
} from "../../../checkin/static/js/offline/local-facts.js";
import { aContent, aPassage, NOON } from "../fakes.js";
import { aList } from "../lists.js";

const { policy: PLAIN } = (await aList()).head;
const LENT = { leaseId: "L1", places: 3, placesSpent: 1, hall: 9, hallSpent: 2 };
const NEW = { entries: 0, inside: false, first: null };
const WHERE = { direction: /** @type {const} */ ("entry"), gateId: 7, limitedGates: [7] };

test("a plain head is the plain policy", () => {
  assert.deepEqual(policyFrom(PLAIN, NOTHING_LENT), POLICY);
});

const DOORS = {
  doors_open_at: "2025-06-14T12:00:00Z",
  doors_close_at: "2025-06-14T14:00:00Z",
  reserve_from: "2025-06-14T13:00:00Z",
};
const WITH_GRACE = {
  opens_at: NOON - 60_000,
  closes_at: NOON + 7_260_000,
  reserve_from: NOON + 3_600_000,
};

test("the doors of a day open and close with their grace", () => {
  const dates = { starts_at: "2025-06-14T12:30:00Z", ends_at: "2025-06-14T15:00:00Z" };
  const head = { ...PLAIN, grace_s: 60, days: [{ day: 3, ...dates, ...DOORS }] };

  const [day] = daysFrom(head);

  const times = { starts_at: NOON + 1_800_000, ends_at: NOON + 10_800_000 };
  assert.deepEqual(day, { number: 3, ...times, ...WITH_GRACE });
});

test("a list of an earlier version tells the doors of the only day", () => {
  const [{ number, opens_at, closes_at, reserve_from }, ...more] = daysFrom({
    ...PLAIN,
    ...DOORS,
    grace_s: 60,
  });

  assert.deepEqual([{ opens_at, closes_at, reserve_from }, number, more], [WITH_GRACE, 1, []]);
});

test("the hours of a gate or of a category have their grace", () => {
  const times = { opens_at: "2025-06-14T12:00:00Z", closes_at: "2025-06-14T14:00:00Z" };
  const head = { ...PLAIN, grace_s: 60, hours: [{ gate_id: 7, category_id: null, ...times }] };

  const { opens_at, closes_at } = WITH_GRACE;
  assert.deepEqual(policyFrom(head, NOTHING_LENT).hours, [
    { gate_id: 7, category_id: null, opens_at, closes_at },
  ]);
});

test("of a hall with a limit only the seats that were lent are filled", () => {
  assert.equal(policyFrom({ ...PLAIN, capacity: 500 }, LENT).capacity, 9);
  assert.equal(policyFrom({ ...PLAIN, capacity: 500 }, NOTHING_LENT).capacity, 0);
  assert.equal(policyFrom(PLAIN, LENT).capacity, null);
});

test("the organiser's words stop all entries", () => {
  assert.equal(policyFrom({ ...PLAIN, stopped: { fr: "Alarme" } }, LENT).stopped, true);
  assert.equal(policyFrom({ ...PLAIN, stopped: null }, LENT).stopped, false);
});

test("a confirmed person's place needs no lease", () => {
  const content = aContent({ category_id: 2 });
  const facts = factsFrom(content, NEW, LENT, { ...WHERE, limitedGates: [] });

  assert.deepEqual(facts, { ...FACTS, gate_id: 7, category_id: 2, hall_inside: 2 });
});

test("the reserve list enters on lent places", () => {
  const facts = factsFrom(aContent({ standing: "reserve" }), NEW, LENT, WHERE);

  assert.deepEqual([facts.places_used, facts.quota], [1, 3]);
});

test("a gate for some categories admits those whose entry names it", () => {
  const admits = (/** @type {number[]} */ gates, limitedGates = [7]) =>
    factsFrom(aContent({ gates }), NEW, LENT, { ...WHERE, limitedGates }).gate_admits;

  assert.equal(admits([]), false);
  assert.equal(admits([8]), false);
  assert.equal(admits([7]), true);
  assert.equal(admits([], [8]), true);
});

test("who is in, how often, and which way they walk is told", () => {
  const history = { entries: 2, inside: true, first: aPassage("s1") };

  const facts = factsFrom(aContent({ blocked: true }), history, LENT, {
    ...WHERE,
    direction: "exit",
  });

  assert.deepEqual(
    [facts.entries, facts.inside, facts.blocked, facts.direction],
    [2, true, true, "exit"],
  );
});

test("for somebody without a badge a lent place is as good as a confirmed one", () => {
  assert.deepEqual(walkInFacts(LENT, 7, false), {
    ...FACTS,
    gate_admits: false,
    gate_id: 7,
    places_used: 1,
    quota: 3,
    hall_inside: 2,
  });
});

test("only a first entry from the reserve list takes a place", () => {
  assert.equal(takesPlace({ ...FACTS, standing: "reserve" }), true);
  assert.equal(takesPlace({ ...FACTS, standing: "reserve", entries: 1 }), false);
  assert.equal(takesPlace(FACTS), false);
});

test("only who comes in from outside takes a seat of a hall with a limit", () => {
  assert.equal(takesSeat(FACTS, { ...POLICY, capacity: 9 }), true);
  assert.equal(takesSeat({ ...FACTS, inside: true }, { ...POLICY, capacity: 9 }), false);
  assert.equal(takesSeat(FACTS, POLICY), false);
});
