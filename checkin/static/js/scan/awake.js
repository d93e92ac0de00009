// Keeps the screen on while the page scans; a browser that cannot is told to the volunteer.

const TRY_AGAIN_MS = 30_000;

export class Awake {
  #isWanted = false;
  /** @type {WakeLockSentinel | null} */
  #lock = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(isAwake: boolean) => void} told whether the screen stays on */
  constructor(told) {
    this.told = told;
    document.addEventListener("visibilitychange", () => this.#ask());
  }

  /** Keep the screen on from now on. */
  hold() {
    this.#isWanted = true;
    return this.#ask();
  }

  /** Let the device sleep again. */
  async release() {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    await this.#lock?.release();
  }

  async #ask() {
    // A browser lets go of the lock whenever the page is hidden, and when its battery is low.
    if (!this.#isWanted || document.visibilityState !== "visible") return;
    if (this.#lock && !this.#lock.released) return;
    clearTimeout(this.#timer);
    try {
      this.#lock = await navigator.wakeLock.request("screen");
      this.#lock.addEventListener("release", () => this.#ask(), { once: true });
      this.told(true);
    } catch {
      this.told(false);
      this.#timer = setTimeout(() => this.#ask(), TRY_AGAIN_MS);
    }
    if (!this.#isWanted) await this.#lock?.release(); // it was left meanwhile
  }
}
