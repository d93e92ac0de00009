"""The browser's waiting scans reach the server although it fails on one of them."""

from __future__ import annotations

import pytest

from tests.scanner.decode.pictures import a_code

pytestmark = pytest.mark.browser

SETTING = """async ([codes, bad]) => {
  const from = (name) => import(`/static/js/${name}.js`);
  const { Storage } = await from("offline/store/storage");
  const { Spool } = await from("offline/store/spool");
  const { Delivery } = await from("server/delivery");
  const { newScan } = await from("offline/scan");
  const { ServerFailed } = await from("server/line");
  const storage = new Storage();
  const spool = await Spool.of(storage);
  const clock = {now: () => 0, frame: "f"};
  const taken = [];
  const line = {
    async postBatch(waiting) {
      if (waiting.some(({scan_id}) => scan_id === bad)) throw new ServerFailed("500");
      taken.push(...waiting.map(({scan_id}) => scan_id));
      return waiting.map(({scan_id}) => ({scan_id, status: "ok", reason: null}));
    },
  };
  for (const [number, code] of codes.entries()) {
    const scan = {...newScan(code, "entry", "camera", 0), scan_id: `s${number}`};
    await spool.put(scan, "f");
    await spool.decide(scan.scan_id, {status: "ok", reason: null}, null);
  }
  const delivery = new Delivery(spool, line, null, clock);
  for (let round = 0; round < 6; round += 1) await delivery.upload();
  const left = spool.decided().map(({scan_id}) => scan_id);
  bad = null;
  const { settled } = await delivery.upload();
  await storage.empty(["waiting"], true);
  return {taken, left, settled};
}"""


def test_a_scan_on_which_the_server_fails_stays_and_does_not_hold_up_the_others(chromium, server):
    page = chromium.start().new_page()
    page.goto(f"{server.url}/scan")
    codes = [a_code(number) for number in range(1, 6)]

    told = page.evaluate(SETTING, [codes, "s1"])

    others = ["s0", "s2", "s3", "s4"]
    assert (sorted(told["taken"][:4]), told["left"], told["settled"]) == (others, ["s1"], 1)


UNMEASURED = """async (code) => {
  const from = (name) => import(`/static/js/${name}.js`);
  const { Storage } = await from("offline/store/storage");
  const { Spool } = await from("offline/store/spool");
  const { Delivery } = await from("server/delivery");
  const { newScan } = await from("offline/scan");
  const { Unreachable } = await from("server/line");
  const storage = new Storage();
  const spool = await Spool.of(storage);
  const asked = [];
  const line = { async postScan(scan) { asked.push(scan.scan_id); return {}; } };
  const clock = {now: () => 0, frame: "now", skew: null, corrected: (at) => at};
  const scan = newScan(code, "entry", "camera", 0);
  await spool.put(scan, "earlier");
  await spool.keepSkew("earlier", 3600000);
  const fault = await new Delivery(spool, line, null, clock).ask(scan).catch((f) => f);
  const waiting = spool.waitingCount;
  await storage.empty(["waiting", "clocks"], true);
  return {unreachable: fault instanceof Unreachable, asked, waiting};
}"""


def test_a_run_without_a_measured_skew_does_not_date_scans_of_an_earlier_run(chromium, server):
    page = chromium.start().new_page()
    page.goto(f"{server.url}/scan")

    told = page.evaluate(UNMEASURED, a_code(1))

    assert told == {"unreachable": True, "asked": [], "waiting": 1}


COURIER = """async () => {
  const { Courier } = await import("/static/js/server/courier.js");
  const { TokenRefused } = await import("/static/js/server/line.js");
  const told = [];
  const scans = [1, 2].map((number) => ({scan_id: `s${number}`}));
  const spool = {undecided: () => [], waitingCount: 2};
  const refresh = {freshness: () => ({})};
  let failing = true;
  const tell = (gate_event) => {
    if (gate_event.verdict && failing) {
      failing = false;
      throw new Error("a card that cannot be drawn");
    }
    told.push(gate_event);
  };
  const deliver = async (scan) => {
    if (scan.scan_id === "s3") throw new TokenRefused(true);
    return {scan, status: "ok"};
  };
  const wipe = () => Promise.reject(new Error("the disk is full"));
  const line = {confirmWipe: async () => told.push("confirmed")};
  const delivery = {deliver, online: true};
  const courier = new Courier({delivery, refresh, spool, line, tell, wipe});
  for (const scan of [...scans, {scan_id: "s3"}]) await courier.submit(scan).catch(() => null);
  return told.filter((one) => !one.line).map((one) => one.verdict?.scan.scan_id ?? one);
}"""


def test_a_failing_card_or_wipe_does_not_stop_the_page(chromium, server):
    page = chromium.start().new_page()
    page.goto(f"{server.url}/scan")

    told = page.evaluate(COURIER)

    # The first verdict failed on its way to the screen and was told again as a fault.
    assert told == ["s1", "s2", {"stopped": "wiped", "waiting": 2}]
