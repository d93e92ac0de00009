// Keeps counts coming: a stream where possible, polling where not, and honesty in between.

const POLL_MS = 5_000;
const QUIET_MS = 15_000; // a stream without even a heartbeat for so long is checked by asking once
const STALE_MS = 20_000;
const STREAM_AGAIN_MS = 30_000;

/**
 * Call `show(body)` for each change and `say(state, since)` about the line:
 * "live", "polling", "stale" (since a moment), "never" or "signed_out".
 */
export function watchCounts({ live, counts, show, say }) {
  const line = { stream: null, heardAt: 0, streaming: false };

  function heard(body) {
    if (!body.totals) return; // the server could not count: that is no news
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

  function open() {
    line.stream?.close();
    line.stream = new EventSource(live);
    line.stream.addEventListener("board", (message) => {
      line.streaming = true;
      heard(JSON.parse(message.data));
    });
    line.stream.addEventListener("beat", () => {
      if (!line.heardAt) return; // nothing was shown yet that could still be true
      line.streaming = true;
      line.heardAt = Date.now();
      tell();
    });
    line.stream.onerror = () => {
      line.streaming = false;
      ask();
    };
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

  open();
  setInterval(look, POLL_MS);
  setInterval(() => line.stream.readyState === EventSource.CLOSED && open(), STREAM_AGAIN_MS);
  addEventListener("online", () => (open(), ask()));
  addEventListener("pagehide", () => line.stream.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}
