// The time of this device, and how far it is from the server's.
//
// A clock may jump, be an hour off or start in the year 2000 after its battery died. Between jumps
// ("a frame") the distance to the server's clock is one number, and a measurement made at any time
// corrects every scan of the frame, before and after. All times here are milliseconds since 1970.
import { randomId } from "../shared/bytes.js";

/** A clock further off than this is worth a word to the volunteer. */
const WARN_MS = 60_000;
const JUMP_MS = 2_000;

export class DeviceClock {
  /** @type {number | null} */
  skew = null; // by how much this device is ahead of the server, as measured in this frame
  frame = randomId();
  #keptSkew;
  #floor;
  #distance;

  /**
   * @param {object} [from]
   * @param {number} [from.keptSkew] what an earlier frame measured, believed until this one has
   * @param {number | null} [from.floor] a time of the server's that is past for sure
   * @param {() => number} [from.wall] the time of day that the device believes in
   * @param {() => number} [from.steady] a clock that nobody sets
   */
  constructor({
    keptSkew = 0,
    floor = null,
    wall = Date.now,
    steady = () => performance.now(),
  } = {}) {
    this.#keptSkew = keptSkew;
    this.#floor = floor ?? -Infinity;
    this.wall = wall;
    this.steady = steady;
    this.#distance = wall() - steady();
  }

  now() {
    this.#noticeJump();
    return this.wall();
  }

  /** The skew to correct with: measured, or the one of an earlier frame. */
  get correction() {
    return this.skew ?? this.#keptSkew;
  }

  /**
   * Return a time of this device's by the server's clock, not before what the server has said.
   * @param {number} at
   */
  corrected(at) {
    return Math.max(at - this.correction, this.#floor);
  }

  /**
   * Say whether the server's time is known well enough to tell what has expired. A clock that nobody
   * has measured in this frame, and that is before what the server has said already, was set back or
   * lost its battery: how long ago that was, nobody knows.
   */
  isBelievable() {
    const now = this.now();
    return this.skew !== null || now - this.#keptSkew >= this.#floor;
  }

  serverNow() {
    return this.corrected(this.now());
  }

  /**
   * Measure with one exchange; the server is taken to have answered half way through.
   * @param {number} serverTime
   * @param {number} sentAt by this device's clock
   * @param {number} roundTripMs
   */
  note(serverTime, sentAt, roundTripMs) {
    this.skew = sentAt - serverTime + roundTripMs / 2;
    this.#floor = serverTime; // its latest word, not its highest: its clock may have been wrong, too
  }

  isOff() {
    return this.skew !== null && Math.abs(this.skew) > WARN_MS;
  }

  #noticeJump() {
    const distance = this.wall() - this.steady();
    const jump = distance - this.#distance;
    if (Math.abs(jump) < JUMP_MS) return;
    // Back: somebody set the clock. Ahead: most likely the lid was closed, and the clock is right.
    this.#keptSkew = this.correction + Math.min(jump, 0);
    this.#distance = distance;
    this.skew = null;
    this.frame = randomId();
  }
}
