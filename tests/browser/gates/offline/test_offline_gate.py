"""The same stories of a gate without the network, told to the Python scanner and to the browser."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest

from scanner.core.errors import ScannerError, ServerUnreachable
from scanner.core.scan import Scan
from scanner.gate.bus import bus_list_of, scans_of, toggled, typed
from scanner.gate.desk_requests import Desk, DeskRequests
from scanner.gate.volunteer_requests import BusKey, Person
from scanner.offline.clock import DeviceClock
from scanner.offline.decisions import OfflineGate
from scanner.offline.held_list import HeldList
from scanner.offline.help_desk import HelpDesk
from scanner.offline.spool import Spool
from scanner.offline.walk_in import Newcomer
from scanner.server.client import ListReply
from scanner.server.delivery import Delivery, Link
from scanner.server.refresh import Refresh
from tests.browser.gates.offline.offline_stories import STORIES
from tests.scanner.offline.lists import NOON

pytestmark = pytest.mark.browser

KHEMISSET = {"id": 4, "name": "Khémisset", "name_ar": "الخميسات"}


class Lender:
    """A server of which only the leases are asked; `grants` is the next one, None: no answer."""

    grants = None
    named = None

    def gate_list(self, since, etag, epoch="", *, segments=False) -> ListReply | None:
        return None

    def lease(self, held):
        self.named = held
        if self.grants is None:
            raise ServerUnreachable(server="")
        return self.grants


class PythonGate:
    """The scanner's parts without a server."""

    def __init__(self, folder):
        self.folder, self.elapsed_s = folder, 0.0
        self.first = {}  # scan_id, by code
        self.clock = DeviceClock(lambda: NOON, lambda: self.elapsed_s)
        self.open()

    def open(self):
        self.spool, self.held = Spool(self.folder), HeldList(self.folder)
        self.people = HelpDesk(self.folder, self.held, self.clock)
        gate, link = {"id": 7, "name": "Porte A"}, Link(online=False)
        offline = OfflineGate(self.held, self.spool.memory, self.clock, gate, "fr", self.people)
        self.delivery = Delivery(self.spool, None, offline, link, "fr")
        desk = Desk(self.people, offline.came_today, link, self.delivery.decide_listed)
        keeps_nothing = (lambda *_told: None, lambda *_told: None)
        self.requests = DeskRequests(None, *keeps_nothing, desk, self.clock.now)

    def close(self):
        self.people.close()
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
        elif step == "wake":
            self.wake(*arguments)
        elif step == "hear":
            self.hear(*arguments)
        elif step == "annul":
            self.spool.memory.forget(self.first[arguments[0]])
        elif step == "settle":
            self.spool.settle([one.scan.scan_id for one in self.spool.decided()], [])
        elif step == "desk":
            self.lend_people(*arguments)
        elif step == "find":
            return self.find(*arguments)
        elif step == "admit":
            return self.admit(*arguments)
        elif step == "bus":
            return self.bus(*arguments)
        elif step == "come":
            return self.come(*arguments)
        elif step == "renew":
            return self.renew(*arguments)
        else:
            return self.show(*arguments)
        return None

    def now(self):
        """The server's time."""
        return NOON + timedelta(seconds=self.elapsed_s)

    def hear(self, ahead_s=0):
        """Measure by an answer of the server, whose own clock may be wrong."""
        self.clock.note(self.now() + timedelta(seconds=ahead_s), self.clock.now(), 0.0)

    def wake(self, shift_s):
        """Start again with a clock that is `shift_s` from the server's."""
        wall, began_s = self.now() + timedelta(seconds=shift_s), self.elapsed_s
        floor = self.held.confirmed_at()
        self.close()
        self.clock = DeviceClock(lambda: wall, lambda: self.elapsed_s - began_s, floor=floor)
        self.open()

    def renew(self, body):
        lender = Lender()
        lender.grants = body
        with contextlib.suppress(ServerUnreachable):
            Refresh(lender, self.held, self.spool, self.clock).run()
        return ["renewal", lender.named]

    def lend_people(self, reply, pages):
        self.people.take_list(reply)
        self.people.take_pages(pages)
        self.people.read()

    def find(self, text):
        """Return the numbers of the people and buses found, who has come in, and how many more."""
        try:
            found = self.requests.search(text)
        except ScannerError as fault:
            return ["find", fault.code]
        numbers = [[one.id for one in found.people], [bus.id for bus in found.buses]]
        came = [one.arrived_at is not None for one in found.people]
        return ["find", numbers, came, found.more, [bus.passengers for bus in found.buses]]

    def admit(self, number):
        """Let in somebody whom a search has found, and return what is kept of it, too."""
        found = Person(number, "", None, "", None, "confirmed")
        verdict = self.requests.admit(found, "entry")
        row = self.spool.decided()[-1]
        kept = row.scan.kept()
        return [*told_in(verdict), row.lease_id, kept["participant_id"], kept["source"]]

    def opened(self, key):
        """Open a bus by the code of its leader's badge, or by its number, which was found."""
        if isinstance(key, int):
            return self.requests.open_bus(BusKey(bus_id=key))
        return self.delivery.offline.bus_list(key)

    def bus(self, key, missing):
        """Open the list of a bus, take out who is missing, and let the others in."""
        try:
            bus = bus_list_of(self.opened(key))
        except ScannerError as fault:
            return ["bus", fault.code]
        for name in missing:
            bus = toggled(typed(bus, name))
        scans = scans_of(bus, self.clock.now())
        self.spool.put_all(scans)
        verdicts = [self.delivery.deliver(scan) for scan in scans]
        told = [told_in(verdict) for verdict in verdicts]
        return ["bus", [verdict.reason for verdict in verdicts], told, bus.in_before]

    def come(self, name):
        verdict = self.delivery.admit(Newcomer.named(name, KHEMISSET))
        return [*told_in(verdict), self.spool.walk_ins.count()]

    def show(self, code, type):
        scan = Scan(code=code, type=type, scanned_at=self.clock.now())
        self.first.setdefault(code, scan.scan_id)
        self.spool.put(scan)
        verdict = self.delivery.deliver(scan)
        return [*told_in(verdict), self.spool.decided()[-1].lease_id]


def told_in(verdict):
    return [
        verdict.status,
        verdict.reason,
        verdict.participant,
        verdict.delegation,
        verdict.first_admission,
        verdict.stop,
    ]


def told_by_python(steps, folder):
    gate = PythonGate(folder)
    told = [gate.play(*step) for step in steps]
    gate.close()
    return [one for one in told if one]


BROWSER = """async ([steps, noon]) => {
  const from = (name) => import(`/static/js/${name}.js`);
  const { Storage } = await from("offline/store/storage");
  const { Spool } = await from("offline/store/spool");
  const { HeldList } = await from("offline/list/held-list");
  const { BusList } = await from("offline/bus");
  const { DeviceClock } = await from("offline/clock");
  const { newScan } = await from("offline/scan");
  const { Refresh } = await from("server/refresh");
  const { Unreachable } = await from("server/line");
  const { newcomerNamed } = await from("offline/walk-in");
  const { Gate } = await from("offline/gate");
  const { HelpDesk } = await from("offline/help-desk");
  const { reasons, words } = await from("scan/words");
  let elapsed = 0;
  const clockOff = (shift, floor) =>
    new DeviceClock({wall: () => noon + elapsed + 1000 * shift, steady: () => elapsed, floor});
  let clock = clockOff(0, null);
  let storage, spool, held, desk, gate, delivery;
  const first = {};
  const partsOf = (told) => [
    told.status, told.reason, told.participant, told.delegation, told.first_admission, told.stop,
  ].map(one => one ?? null);
  const open = async () => {
    storage = new Storage();
    spool = await Spool.of(storage);
    held = new HeldList(storage, spool.kept);
    desk = await HelpDesk.of(storage, held, clock, words.name_tables);
    const device = {
      id: 1, token: "none", gate: {id: 7, name: "Porte A"}, event: {slug: "rabat", name: "Rabat"}};
    gate = new Gate(device, {spool, held, clock, desk}, () => null, reasons);
    delivery = gate.courier.delivery;
    delivery.online = false;
  };
  const show = async (code, type) => {
    const scan = newScan(code, type, "camera", clock.now());
    first[code] ??= scan.scan_id;
    await spool.put(scan, clock.frame);
    const told = await delivery.deliver(scan);
    const {lease_id} = await storage.one("waiting", scan.scan_id);
    return [...partsOf(told), lease_id ?? null];
  };
  const lendPeople = async (reply, pages) => {
    await desk.takeList(reply);
    await desk.takePages(pages);
    await desk.read();
  };
  const find = async (text) => {
    try {
      const {people, more, buses} = await gate.search(text, "");
      const numbers = [people.map(({id}) => id), buses.map(({id}) => id)];
      const came = people.map((one) => one.arrived_at !== null);
      return ["find", numbers, came, more, buses.map(({passengers}) => passengers)];
    } catch (fault) {
      return ["find", fault.code];
    }
  };
  const admit = async (number) => {
    const told = await gate.admitFound(number, "entry", "");
    const row = await storage.one("waiting", told.scan.scan_id);
    const {participant_id, source} = row.scan;
    return [...partsOf(told), row.lease_id ?? null, participant_id, source];
  };
  const bus = async (key, missing) => {
    const opening = gate.openBus(typeof key === "number" ? {bus_id: key} : {code: key});
    const opened = await opening.catch((fault) => fault);
    if (opened instanceof Error) return ["bus", opened.code];
    const list = new BusList(opened);
    for (const name of missing) {
      list.find(name);
      list.toggle();
    }
    const scans = list.scans(clock.now());
    await spool.putAll(scans.map(({scan}) => scan), clock.frame);
    const told = [];
    for (const listed of scans) told.push(await delivery.deliver(listed.scan, listed));
    return ["bus", told.map(({reason}) => reason), told.map(partsOf), list.inBefore];
  };
  const come = async (name) => {
    const delegation = {id: 4, name: "Khémisset", name_ar: "الخميسات"};
    const scan = newScan("", "entry", "typed", clock.now());
    const told = await delivery.admit(newcomerNamed(name, delegation), scan);
    return [...partsOf(told), spool.walkIns.count];
  };
  const wake = (shift) => {
    clock = clockOff(shift, held.confirmedAt);
    return open();
  };
  const renew = async (body) => {
    let named;
    const lease = async (held) => {
      named = held;
      if (!body) throw new Unreachable("lost");
      return body;
    };
    const line = {gateList: async () => null, lease};
    await new Refresh(line, held, spool, clock).run().catch(() => null);
    return ["renewal", named];
  };
  const play = {
    list: (body) => held.take(body, ""),
    lend: (body) => spool.takeLease(body, body.lease_id),
    wait: (seconds) => (elapsed += 1000 * seconds, null),
    restart: open,
    wake,
    hear: (ahead = 0) => clock.note(noon + elapsed + 1000 * ahead, clock.now(), 0),
    annul: (code) => spool.forgetPassage(first[code]),
    settle: () => spool.settle(spool.decided().map((one) => one.scan_id), [], []),
    renew,
    show,
    desk: lendPeople,
    find,
    admit,
    bus,
    come,
  };
  await open();
  const told = [];
  for (const [step, ...given] of steps) {
    const said = await play[step](...given);
    if (["show", "renew", "find", "admit", "bus", "come"].includes(step)) told.push(said);
  }
  await desk.wipe();
  await spool.wipe(false);
  await storage.empty(["waiting", "walk_ins", "clocks"], true);
  return told;
}"""


def test_the_browser_tells_every_story_as_the_python_scanner_does(chromium, server, tmp_path):
    page = chromium.start().new_page()
    page.goto(f"{server.url}/scan")
    noon = NOON.timestamp() * 1000

    for number, (name, (steps, reasons)) in enumerate(STORIES.items()):
        by_python = told_by_python(steps, tmp_path / str(number))
        by_browser = page.evaluate(BROWSER, [steps, noon])

        assert [told[1] for told in by_python] == reasons, name
        assert by_browser == by_python, name
