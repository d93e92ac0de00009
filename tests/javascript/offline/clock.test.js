import assert from "node:assert/strict";
import test from "node:test";
import { DeviceClock } from "../../../checkin/static/js/offline/clock.js";
import { NOON, TestClock } from "../fakes.js";

test("before anything is measured the skew of an earlier frame is believed", () => {
  const clock = new TestClock({ keptSkew: 500 });

  assert.equal(clock.skew, null);
  assert.equal(clock.corrected(NOON), NOON - 500);
});

test("the server is taken to have answered half way through", () => {
  const clock = new TestClock();

  clock.note(NOON - 90_000, NOON, 200);

  assert.equal(clock.skew, 90_100);
  assert.equal(clock.corrected(NOON), NOON - 90_000); // not before what the server has said
  assert.equal(clock.corrected(NOON + 1_000), NOON - 89_100);
});

test("a clock more than a minute off is worth a word", () => {
  const clock = new TestClock();
  assert.equal(clock.isOff(), false);

  clock.note(NOON - 60_000, NOON, 0);
  assert.equal(clock.isOff(), false);
  clock.note(NOON - 60_001, NOON, 0);
  assert.equal(clock.isOff(), true);
  clock.note(NOON + 60_001, NOON, 0);
  assert.equal(clock.isOff(), true);
});

test("time that passes leaves the frame as it is", () => {
  const clock = new TestClock();
  clock.note(NOON, NOON, 0);
  const { frame } = clock;

  clock.pass(3_600_000);
  clock.set(1_999); // the hand of a slow machine, no jump
  clock.now();

  assert.deepEqual([clock.frame, clock.skew], [frame, 0]);
});

test("somebody sets the clock back: a new frame, and the server's time goes on", () => {
  const clock = new TestClock();
  clock.note(NOON, NOON, 0);
  const { frame } = clock;
  clock.pass(60_000);

  clock.set(-3_600_000);

  assert.equal(clock.serverNow(), NOON + 60_000);
  const next = clock.frame;
  assert.notEqual(next, frame);
  assert.equal(clock.skew, null);
  assert.equal(clock.isBelievable(), true); // by how much it was set back is known

  clock.pass(1_000);
  assert.equal(clock.serverNow(), NOON + 61_000);
  assert.equal(clock.frame, next); // one jump begins one frame
});

test("a clock of a device that has run for long jumps no sooner", () => {
  let steady = 5_000;
  const clock = new DeviceClock({ wall: () => NOON, steady: () => steady });
  const { frame } = clock;

  clock.now();
  assert.equal(clock.frame, frame);

  steady += 2_000; // two seconds passed that the time of day does not show
  clock.now();
  assert.notEqual(clock.frame, frame);
});

test("a lid that was closed moves the clock ahead, and it is right", () => {
  const clock = new TestClock();
  clock.note(NOON - 5_000, NOON, 0);

  clock.set(7_200_000);

  assert.equal(clock.serverNow(), NOON - 5_000 + 7_200_000);
  assert.equal(clock.skew, null);
});

test("a clock that starts before what the server has said is not believed", () => {
  const set_back = new TestClock({ at: NOON - 1, floor: NOON });
  const right = new TestClock({ at: NOON, floor: NOON });

  assert.equal(set_back.isBelievable(), false);
  assert.equal(set_back.serverNow(), NOON);
  assert.equal(right.isBelievable(), true);

  set_back.note(NOON + 5, set_back.now(), 0);
  assert.equal(set_back.isBelievable(), true);
});

test("the server's latest word counts, not its highest: its clock may have been wrong", () => {
  const clock = new TestClock();

  clock.note(NOON + 7_200_000, NOON, 0);
  clock.note(NOON, NOON, 0);

  assert.equal(clock.serverNow(), NOON);
});
