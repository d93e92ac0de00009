// A sound and a vibration for each verdict: the volunteer need not look up.

/** @import { Kind } from "../offline/scan.js" */

/**
 * A tone: hertz, the second when it starts, its length in seconds, its shape.
 * @typedef {[number, number, number, OscillatorType]} Tone
 */

/** @type {Record<Kind, Tone[]>} */
const TONES = {
  ok: [
    [660, 0, 0.12, "sine"],
    [990, 0.12, 0.22, "sine"],
  ],
  already: [
    [520, 0, 0.14, "triangle"],
    [520, 0.24, 0.14, "triangle"],
  ],
  refused: [[180, 0, 0.5, "sawtooth"]],
  pending: [
    [440, 0, 0.1, "sine"],
    [440, 0.14, 0.1, "sine"],
    [550, 0.28, 0.14, "sine"],
  ],
  unconfirmed: [
    [360, 0, 0.09, "triangle"],
    [300, 0.12, 0.16, "triangle"],
  ],
};

/** @type {Record<Kind, number[]>} */
const SHAKES = {
  ok: [90],
  already: [90, 120, 90],
  refused: [450],
  pending: [60, 60, 60],
  unconfirmed: [40, 60, 40],
};

/** @type {AudioContext | null} */
let audio = null;
let muted = false;

/**
 * Wake the sound up; browsers allow it only from a click or a key.
 * @param {() => void} [changed] hears when it went on or off: a wireless loudspeaker takes its time
 */
export function wakeSound(changed) {
  audio ??= new AudioContext();
  audio.onstatechange = changed ?? audio.onstatechange;
  // "suspended", or on an iPad "interrupted" by a call
  if (audio.state !== "running") audio.resume().catch(() => null);
}

export function soundIsOn() {
  return audio?.state === "running";
}

/** @param {boolean} yes */
export function muteSound(yes) {
  muted = yes;
}

/**
 * @param {AudioContext} audio
 * @param {Tone} tone
 */
function play(audio, [hertz, start, length, shape]) {
  const oscillator = new OscillatorNode(audio, { frequency: hertz, type: shape });
  const volume = new GainNode(audio, { gain: 0.25 });
  const at = audio.currentTime + start;
  volume.gain.setValueAtTime(0.25, at + length - 0.03);
  volume.gain.linearRampToValueAtTime(0, at + length); // no click at the end
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + length);
}

/**
 * Say a verdict's kind; only after it is on the screen.
 * @param {Kind} kind
 */
export function signal(kind) {
  if (audio && soundIsOn() && !muted) for (const tone of TONES[kind]) play(audio, tone);
  navigator.vibrate?.(SHAKES[kind]);
}
