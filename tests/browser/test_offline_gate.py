"""The same stories of a door without network, told to the Python scanner and to the browser."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scanner.clock import DeviceClock
from scanner.delivery import Delivery, Link
from scanner.held_list import HeldList
from scanner.offline import OfflineGate
from scanner.scan import Scan
from scanner.spool import Spool
from tests.scanner.lists import NOON, a_list, content
from tests.scanner.pictures import a_code

pytestmark = pytest.mark.browser

ONE, TWO, THREE, STRANGER = (a_code(number) for number in (1, 2, 3, 99))
RESERVE = {"standing": "reserve"}
RELEASED = {"reserve_from": "2025-06-14T12:00:00Z"}
AFTER_EXIT = {"reentry": "after_exit"}


def lent(places=0, hall=None, lease_id="L1", minutes=10):
    return {
        "lease_id": lease_id,
        "expires_at": (NOON + timedelta(minutes=minutes)).isoformat(),
        "delegations": [{"id": 4, "name": "Khémisset", "places": places}],
        "hall": hall,
    }


def people(*codes, **told):
    return [(code, content(number, **told)) for number, code in enumerate(codes, 1)]


#: what happens, step by step, and the reason of each showing (None: let in)
STORIES = {
    "a person, again, and by another badge": (
        [
            ("list", a_list([(ONE, content(1)), (TWO, content(1))])),
            *[("show", code, "entry") for code in (ONE, ONE, TWO)],
        ],
        [None, "already_redeemed", "already_redeemed"],
    ),
    "who left comes back": (
        [
            ("list", a_list(people(ONE), **AFTER_EXIT)),
            *[("show", ONE, type) for type in ("entry", "entry", "exit", "entry")],
        ],
        [None, "checkout_required", None, None],
    ),
    "before the first list everything of our form is kept": ([("show", ONE, "entry")], [None]),
    "a stranger, a revoked badge, and its holder who leaves": (
        [
            ("list", a_list(people(ONE), [TWO])),
            ("show", STRANGER, "entry"),
            ("show", TWO, "entry"),
            ("show", TWO, "exit"),
            ("show", STRANGER, "exit"),
        ],
        ["invalid", "revoked", None, "invalid"],
    ),
    "a delta buries one and adds another": (
        [
            ("list", a_list(people(ONE, TWO))),
            ("list", a_list([(THREE, content(3))], [ONE], cursor=2, since=1)),
            *[("show", code, "entry") for code in (ONE, TWO, THREE)],
        ],
        ["revoked", None, None],
    ),
    "the reserve list enters on lent places only, also after a restart": (
        [
            ("list", a_list(people(ONE, TWO, THREE, **RESERVE), **RELEASED)),
            ("lend", lent(places=2)),
            ("show", ONE, "entry"),
            ("restart",),
            ("show", TWO, "entry"),
            ("show", THREE, "entry"),
        ],
        [None, None, "quota_exceeded"],
    ),
    "a new lease is charged with what the server has not heard of": (
        [
            ("list", a_list(people(ONE, TWO, **RESERVE), **RELEASED)),
            ("lend", lent(places=1)),
            ("show", ONE, "entry"),
            ("lend", lent(places=1, lease_id="L2")),
            ("show", TWO, "entry"),
        ],
        [None, "quota_exceeded"],
    ),
    "an expired lease lends nothing": (
        [
            ("list", a_list(people(ONE, TWO), capacity=500)),
            ("lend", lent(hall=9)),
            ("wait", 599),
            ("show", ONE, "entry"),
            ("wait", 1),
            ("show", TWO, "entry"),
        ],
        [None, "capacity_exceeded"],
    ),
    "without a lease a hall with a limit takes nobody": (
        [("list", a_list(people(ONE), capacity=500)), ("show", ONE, "entry")],
        ["capacity_exceeded"],
    ),
    "hours, gates, blocks and cancellations": (
        [
            (
                "list",
                a_list(
                    [
                        (ONE, content(1, blocked=True)),
                        (TWO, content(2, standing="canceled")),
                        (THREE, content(3)),
                        (STRANGER, content(4, gates=[7])),
                    ],
                    limited_gates=[7],
                    doors_open_at="2025-06-14T12:10:00Z",
                    grace_s=590,
                ),
            ),
            ("show", STRANGER, "entry"),
            ("wait", 10),
            *[("show", code, "entry") for code in (ONE, TWO, THREE, STRANGER)],
        ],
        ["invalid_time", "blocked", "canceled", "wrong_gate", None],
    ),
}


class PythonDoor:
    """The scanner's parts without a server."""

    def __init__(self, folder):
        self.folder, self.elapsed_s = folder, 0.0
        self.clock = DeviceClock(lambda: NOON, lambda: self.elapsed_s)
        self.open()

    def open(self):
        self.spool, self.held = Spool(self.folder), HeldList(self.folder)
        gate = {"id": 7, "name": "Porte A"}
        offline = OfflineGate(self.held, self.spool.memory, self.clock, gate, "fr")
        self.delivery = Delivery(self.spool, None, offline, Link(online=False), "fr")

    def close(self):
        self.spool.close()
        self.held.close()

    def play(self, step, *arguments):
        if step == "list":
            self.held.take(*arguments)
        elif step == "lend":
            self.spool.memory.take_lease(*arguments)
        elif step == "wait":
            self.elapsed_s += arguments[0]
        elif step == "restart":
            self.close()
            self.open()
        else:
            return self.show(*arguments)
        return None

    def show(self, code, type):
        scan = Scan(code=code, type=type, scanned_at=self.clock.now())
        self.spool.put(scan)
        verdict = self.delivery.deliver(scan)
        lease_id = self.spool.decided()[-1].lease_id
        return [
            verdict.status,
            verdict.reason,
            verdict.participant,
            verdict.delegation,
            verdict.first_admission,
            lease_id,
        ]


def told_by_python(steps, folder):
    door = PythonDoor(folder)
    told = [door.play(*step) for step in steps]
    door.close()
    return [one for one in told if one]


BROWSER = """async ([steps, noon]) => {
  const from = (name) => import(`/static/js/door/${name}.js`);
  const { Storage } = await from("storage");
  const { Spool } = await from("spool");
  const { HeldList } = await from("held-list");
  const { OfflineGate } = await from("offline-gate");
  const { Delivery } = await from("delivery");
  const { DeviceClock } = await from("device-clock");
  const { newScan } = await from("scans");
  let elapsed = 0;
  const clock = new DeviceClock({wall: () => noon + elapsed, steady: () => elapsed});
  let storage, spool, held, delivery;
  const open = async () => {
    storage = new Storage();
    spool = await Spool.of(storage);
    held = new HeldList(storage, spool.kept);
    const gate = new OfflineGate(held, spool.memory, clock, {id: 7, name: "Porte A"});
    delivery = new Delivery(spool, null, gate, clock);
    delivery.online = false;
  };
  const show = async (code, type) => {
    const scan = newScan(code, type, "camera", clock.now());
    await spool.put(scan, clock.frame);
    const told = await delivery.deliver(scan);
    const {lease_id} = spool.decided().at(-1);
    return [told.status, told.reason, told.participant, told.delegation,
            told.first_admission, lease_id].map(one => one ?? null);
  };
  const play = {
    list: (body) => held.take(body, ""),
    lend: (body) => spool.takeLease(body, body.lease_id),
    wait: (seconds) => (elapsed += 1000 * seconds, null),
    restart: open,
    show,
  };
  await open();
  const told = [];
  for (const [step, ...given] of steps) {
    const said = await play[step](...given);
    if (step === "show") told.push(said);
  }
  await spool.wipe(false);
  await storage.empty(["waiting", "clocks"], true);
  return told;
}"""


def test_the_browser_tells_every_story_as_the_python_scanner_does(chromium, server, tmp_path):
    page = chromium.start().new_page()
    page.goto(f"{server.address}/scan")
    noon = NOON.timestamp() * 1000

    for number, (name, (steps, reasons)) in enumerate(STORIES.items()):
        by_python = told_by_python(steps, tmp_path / str(number))
        by_browser = page.evaluate(BROWSER, [steps, noon])

        assert [told[1] for told in by_python] == reasons, name
        assert by_browser == by_python, name
