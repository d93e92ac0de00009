// Keeps counts coming: a stream where possible, polling where not, and honesty in between.

const POLL_MS = 5_000;
const QUIET_MS = 15_000; // a stream without even a heartbeat for so long is checked by asking once
const STALE_MS = 20_000;
const STREAM_AGAIN_MS = 30_000;

/**
 * How the counts come, or that they do not.
 * @typedef {"live" | "polling" | "stale" | "never" | "signed_out"} CountsState
 */

/**
 * Keep counts coming.
 * @template {object} Body
 * @param {object} how
 * @param {string} how.live the address of the stream
 * @param {string} how.counts the address that is polled
 * @param {string} [how.event] the name of the stream's events
 * @param {string} [how.holds] what a body holds that is news
 * @param {(body: Body) => void} how.show hears each change
 * @param {(state: CountsState, since?: number) => void} how.say hears about the line; `since` is when
 *   stale counts came
 */
export function watchCounts({ live, counts, event = "board", holds = "totals", show, say }) {
  const line = { stream: opened(), heardAt: 0, streaming: false };

  /** @param {Body} body */
  function heard(body) {
    if (!(holds in body)) return; // the server could not count: that is no news
    line.heardAt = Date.now();
    show(body);
    tell();
  }

  function tell() {
    const silent = Date.now() - line.heardAt;
    if (!line.heardAt) return say("never");
    if (silent > STALE_MS) return say("stale", line.heardAt);
    return say(line.streaming ? "live" : "polling");
  }

  function opened() {
    const stream = new EventSource(live);
    stream.addEventListener(event, (message) => {
      line.streaming = true;
      heard(JSON.parse(message.data));
    });
    stream.addEventListener("beat", () => {
      if (!line.heardAt) return; // nothing was shown yet that could still be true
      line.streaming = true;
      line.heardAt = Date.now();
      tell();
    });
    stream.onerror = () => {
      line.streaming = false;
      ask();
    };
    return stream;
  }

  function openAgain() {
    line.stream.close();
    line.stream = opened();
  }

  async function ask() {
    try {
      const answer = await fetch(counts, {
        headers: { Accept: "application/json" },
        redirect: "manual", // to the sign-in page, when the session has ended
        signal: AbortSignal.timeout(POLL_MS),
      });
      if (answer.type === "opaqueredirect" || answer.status === 403) return say("signed_out");
      if (answer.ok) heard(await answer.json());
      else tell();
    } catch {
      tell();
    }
  }

  function look() {
    const silent = Date.now() - line.heardAt;
    if (!line.streaming || silent > QUIET_MS) ask();
  }

  setInterval(look, POLL_MS);
  setInterval(() => {
    if (line.stream.readyState === EventSource.CLOSED) openAgain();
  }, STREAM_AGAIN_MS);
  addEventListener("online", () => {
    openAgain();
    ask();
  });
  addEventListener("pagehide", () => line.stream.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) openAgain();
  });
}
