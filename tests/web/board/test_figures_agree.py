"""Whatever has happened, every page, file and interface tells the same figures, which sum."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from datetime import datetime
from html.parser import HTMLParser

import openpyxl
import pytest

from checkin.db.models import Category, Delegation, Role
from checkin.services.board.live_counts import live_counts
from checkin.services.export.whole import write_export
from checkin.services.lifecycle.purge import purge_event
from checkin.services.people.registering.registration import cancel
from checkin.services.scanning.annul import annul_scan
from tests.support import factories
from tests.support.api_client import Api
from tests.support.databases.kinds import KINDS
from tests.support.factories import NOW, write
from tests.web.board.histories import GATES, History, counted, parts
from tests.web.browsing import PASSWORD, Browsing, an_operator

EVENT = "/events/rabat-2025"
STEPS = 60


@pytest.fixture(params=KINDS)
def databases(request):
    return request.getfixturevalue(f"{request.param}_databases")


@pytest.fixture
def supervisor(database):
    return an_operator(database, Role.SUPERVISOR)


class Page(HTMLParser):
    """A page's tables as rows of texts, and the text of each element with some attribute."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.marked, self._open, self._in_cell = [], {}, [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._in_cell = True
        for name, value in attributes:
            if name in ("data-total", "class", "data-bar-words"):
                self._open.append((tag, f"{name}={value}"))
                self.marked.setdefault(f"{name}={value}", "")

    def handle_endtag(self, tag):
        self._in_cell = self._in_cell and tag not in ("td", "th")
        self._open = [(open_tag, mark) for open_tag, mark in self._open if open_tag != tag]

    def handle_data(self, text):
        if self._in_cell:
            self.tables[-1][-1][-1] += text
        for _, mark in self._open:
            self.marked[mark] += text

    def rows(self, heading):
        """The rows of the table whose first heading this is, by the name in their first cell."""
        [table] = [one for one in self.tables if clean(one[0][0]) == heading]
        heads = [clean(cell) for cell in table[0]]
        return {
            clean(row[0]): dict(zip(heads[1:], map(plain, row[1:]), strict=True))
            for row in table[1:]
        }


def clean(text):
    return " ".join(text.split())


def plain(text):
    """A count as a number; other texts stay."""
    text = clean(text)
    return int(text.replace(",", "")) if re.fullmatch(r"[\d,]+", text) else text


class Reader:
    """Reads an event's figures wherever they are told, in English."""

    def __init__(self, app, database, event):
        an_operator(database, Role.ADMINISTRATOR)
        self.browsing, self.database, self.event = Browsing(app), database, event
        self.browsing.sign_in("administrator@example.org", PASSWORD)
        self.api = Api.enrolled(app, database, event, gate=GATES[0])

    def page(self, path):
        joined = "&" if "?" in path else "?"
        return Page(self.browsing.read(f"{path}{joined}lang=en"))

    def file(self, path):
        response = self.browsing.open(f"{EVENT}{path}?lang=en")
        assert response.status_code == 200
        return response.data

    def export(self, form):
        file = io.BytesIO()
        with self.database.snapshot() as session:
            write_export(session, self.event, form, file, now=NOW, language="en")
        return file.getvalue().decode("utf-8-sig")


def names_of(kind, database):
    return {one.id: one.name for one in parts(database, kind)}


def expected_of(database):
    """The figures of the whole event, and of each delegation by name."""
    delegations = parts(database, Delegation)
    whole = counted(database).figures(sum(one.quota for one in delegations))
    each = {
        one.name: counted(database, delegation_id=one.id).figures(one.quota) for one in delegations
    }
    return whole, each


def check_the_interfaces(reader, whole, each, refused):
    status = reader.api.read("/status")
    polled = json.loads(reader.browsing.read(f"{EVENT}/board/counts"))
    assert status["totals"] == polled["totals"] == whole | {"refused": refused}
    for body in (status, polled):
        assert {d["name"]: {f: d[f] for f in whole} for d in body["delegations"]} == each
        assert sum(gate["arrived"] for gate in body["gates"]) == whole["arrived"]
    last = {
        one["name"]: one["last_arrival_at"] and datetime.fromisoformat(one["last_arrival_at"])
        for one in status["delegations"]
    }
    assert last == {
        name: counted(reader.database, delegation_id=id_).last_arrival_at()
        for id_, name in names_of(Delegation, reader.database).items()
    }
    curve = polled["curve"]
    assert sum(row[1] for row in curve["rows"]) == whole["arrived"] if curve else True
    metrics = reader.browsing.read("/metrics")
    for name in ("registered", "missing", "arrived", "arrived_others"):
        told = f'marhaba_people{{event="rabat-2025",state="{name}"}} {float(whole[name])}'
        assert told in metrics


def check_the_board(reader, whole, each):
    for path in ("/board", "/board?wall=1"):
        page = reader.page(EVENT + path)
        shown = ["arrived", "registered", "missing", "inside"]
        assert {n: plain(page.marked[f"data-total={n}"]) for n in shown} == {
            name: whole[name] for name in shown
        }
        told = f"Arrived: {whole['arrived_registered']} of {whole['registered']} registered"
        assert told in page.marked["data-bar-words=None"]
        for name, row in page.rows("Delegation").items():
            of = each[name]
            assert row["Arrived of registered"] == f"{of['percent']} %"
            assert (row["Arrived"], row["Not here yet"]) == (of["arrived"], of["missing"])
            if path == "/board":
                assert row["Of whom not registered"] == of["arrived_others"]
                assert (row["Registered"], row["Quota"]) == (of["registered"], of["quota"])


def check_the_pages_of_delegations(reader, whole, each):
    rows = reader.page(f"{EVENT}/delegations").rows("Delegation")
    for name, of in {**each, "Total": whole}.items():
        assert rows[name]["Registered"] == of["registered"]
        assert rows[name]["On the reserve list"] == of["waiting"]
        assert rows[name]["Arrived of registered"] == of["arrived_registered"]
        assert rows[name].get("Arrived, not registered", 0) == of["arrived_others"]
    for id_, name in names_of(Delegation, reader.database).items():
        check_the_arrivals_of(reader, id_, each[name])
    overview = reader.page("/").marked["class=big-figure"]
    assert plain(overview) == whole["arrived_registered"]


def check_the_arrivals_of(reader, delegation_id, of):
    address = f"{EVENT}/delegations/{delegation_id}/arrivals"
    page = reader.page(address)
    counts = {
        "missing": of["missing"],
        "others": of["arrived_others"],
        "arrived": of["arrived_registered"],
    }
    for part, count in counts.items():
        tables = reader.page(f"{address}?show={part}").tables
        assert [len(table) - 1 for table in tables] == ([count] if count else [])
    assert plain(page.marked["class=big-figure"]) == of["arrived_registered"]


def check_the_report(reader, whole, each, refused):
    page = reader.page(f"{EVENT}/board/report")
    for heading in ("Delegation", "Category", "Gate", "Hour from", "Reason"):
        check_the_sums(page.rows(heading))
    everybody = counted(reader.database)
    by_delegation = page.rows("Delegation")
    for heading in ("Delegation", "Category", "Gate", "Hour from"):
        together = page.rows(heading)["Total"]
        assert {name: together[name] for name in ARRIVED} == {
            "Arrived": whole["arrived"],
            "of them registered": whole["arrived_registered"],
            "of them on the reserve list": whole["arrived_reserve"],
            "of them canceled": whole["arrived_canceled"],
            "let in by a supervisor": everybody.overrides,
            "registered at a gate": everybody.walk_ins,
        }
    assert page.rows("Gate")["Total"]["Refused"] == refused
    assert page.rows("Reason")["Total"]["Scans"] == refused
    for name, of in each.items():
        row = by_delegation[name]
        assert row["Registered"] - row["Not here yet"] == row["of them registered"]
        assert row["of them registered"] == of["arrived_registered"]
    for id_, name in names_of(Category, reader.database).items():
        of = counted(reader.database, category_id=id_).figures(0)
        row = page.rows("Category")[name]
        assert (row["Registered"], row["Not here yet"]) == (of["registered"], of["missing"])
        assert row["Arrived"] == of["arrived"]
    check_the_files(reader, page)


ARRIVED = (
    *("Arrived", "of them registered", "of them on the reserve list", "of them canceled"),
    *("let in by a supervisor", "registered at a gate"),
)


def check_the_sums(rows):
    together = rows.pop("Total")
    for column, total in together.items():
        assert sum(row[column] for row in rows.values()) == total, column
    for row in rows.values():
        if "Arrived" in row:
            assert sum(row[name] for name in ARRIVED[1:4]) == row["Arrived"]


def check_the_files(reader, page):
    """The files of the report hold the page's tables."""
    book = openpyxl.load_workbook(io.BytesIO(reader.file("/board/report.xlsx")))
    sheets = [list(sheet.values) for sheet in book]
    assert [tuple(map(clean, table[0])) for table in page.tables[: len(sheets)]] == [
        sheet[0] for sheet in sheets
    ]
    assert [[[plain(cell) for cell in row[1:]] for row in t[1:]] for t in page.tables[:5]] == [
        [list(row[1:]) for row in sheet[1:]] for sheet in sheets
    ]
    text = reader.file("/board/report.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == sum(len(sheet) - 1 for sheet in sheets)
    for row in rows:
        if row["Name"] == "Total" and row["Table"] in ("By gate", "By hour", "By category"):
            assert int(row["Arrived"]) == page.rows("Gate")["Total"]["Arrived"]


def check_the_exports(reader, whole):
    rows = list(csv.DictReader(io.StringIO(reader.export("csv"))))
    came = Counter(row["Registration"] for row in rows if row["Arrival"])
    assert came == Counter(
        {
            "Confirmed": whole["arrived_registered"],
            "On the reserve list": whole["arrived_reserve"],
            "Registration canceled": whole["arrived_canceled"],
        }
    )
    assert sum(row["Registration"] == "Confirmed" for row in rows) == whole["registered"]
    told = json.loads(reader.export("json"))
    arrivals = [
        one for one in told["admissions"] if one["entry_no"] == 1 and not one["annulled_at"]
    ]
    assert len(arrivals) == whole["arrived"]
    assert {one["day"] for one in told["admissions"]} <= {one["day"] for one in told["days"]}
    assert sum(one["places_taken"] for one in told["delegations"]) == whole["registered"]


def check_what_a_purge_keeps(reader, whole, tmp_path):
    before = reader.page(f"{EVENT}/board/report")
    purge_event(reader.database, reader.event, tmp_path, now=NOW, early=True)
    after = reader.page(f"{EVENT}/board/report")

    for heading in ("Delegation", "Gate", "Hour from"):
        kept = [{k: row[k] for k in ARRIVED} for row in after.rows(heading).values()]
        assert kept == [{k: row[k] for k in ARRIVED} for row in before.rows(heading).values()]
    assert [table for table in after.tables if clean(table[0][0]) == "Category"] == []
    with reader.database.read() as session:
        totals = live_counts(session, reader.event.id, day=1).totals
    kept = {"registered", "missing", "arrived", "arrived_registered", "arrived_others"}
    assert {name: totals[name] for name in kept} == {name: whole[name] for name in kept}


def check_all(reader):
    """Compare whatever tells figures with a count of every person; return the whole's figures."""
    whole, each = expected_of(reader.database)
    for name, count in whole.items():
        if name != "percent":
            assert sum(of[name] for of in each.values()) == count, name
    assert all(0 <= of["percent"] <= 100 for of in (whole, *each.values()))
    assert whole["arrived"] == whole["arrived_registered"] + whole["arrived_others"]
    refused = reader.api.read("/status")["totals"]["refused"]
    check_the_interfaces(reader, whole, each, refused)
    check_the_board(reader, whole, each)
    check_the_pages_of_delegations(reader, whole, each)
    check_the_report(reader, whole, each, refused)
    check_the_exports(reader, whole)
    return whole


def live(app, database, supervisor, seed, steps):
    history = History(database, supervisor.id, random.Random(seed))
    history.go_on(steps)
    return Reader(app, database, history.event)


@pytest.mark.parametrize("seed", [5, 8])
def test_every_page_file_and_interface_tells_the_figures_of_a_random_history(
    seed, app, database, supervisor, tmp_path
):
    reader = live(app, database, supervisor, seed, STEPS)

    whole = check_all(reader)
    assert whole["arrived"] > 5
    assert whole["arrived_others"] > 0
    check_what_a_purge_keeps(reader, whole, tmp_path)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(3, 63))
def test_figures_agree_after_long_histories(seed, app, database, supervisor, tmp_path):
    reader = live(app, database, supervisor, seed, 5 * STEPS)

    check_what_a_purge_keeps(reader, check_all(reader), tmp_path)


def test_of_three_people_the_one_who_came_is_canceled(app, database, event):
    factories.a_delegation(database, event, "Khémisset", quota=3)
    ali = factories.a_participant(database, event, "Ali")
    factories.badges(database, event, 2)
    device = factories.a_device(database, event)
    factories.scan(database, device, factories.code_of(event, ali.badge_id))
    write(database, lambda s: cancel(s, event, ali.participant_id, now=NOW))
    reader = Reader(app, database, event)

    board = reader.page(f"{EVENT}/board")
    arrivals = reader.page(f"{EVENT}/delegations/1/arrivals")

    assert "Arrived: 0 of 2 registered" in board.marked["data-bar-words=None"]
    assert board.rows("Delegation")["Khémisset"] == {
        "Arrived of registered": "0 %",
        "Arrived": 1,
        "Of whom not registered": 1,
        "Registered": 2,
        "Not here yet": 2,
        "Quota": 3,
        "Last arrival": "15:30",
    }
    assert clean(arrivals.marked["class=big-figure"]) == "0"
    others = reader.page(f"{EVENT}/delegations/1/arrivals?show=others")
    assert [len(page.tables[0]) - 1 for page in (arrivals, others)] == [2, 1]


def test_an_arrival_that_is_taken_back_is_not_the_last_one_any_more(database, event, device):
    first, second = factories.badges(database, event, 2)
    factories.scan(database, device, first, at=NOW)
    later = NOW + factories.minutes(20)
    answer = factories.scan(database, device, second, at=later)

    def last():
        with database.read() as session:
            return live_counts(session, event.id, day=1).figures.last_arrival_at

    before = last()
    annul(database, event, device, answer, later)
    after_one = last()
    annul(database, event, device, factories.scan(database, device, second, at=later), later)

    assert (before, after_one, last()) == (later, NOW, NOW)


def annul(database, event, device, answer, now):
    write(
        database,
        lambda s: annul_scan(
            s, event_id=event.id, scan_id=answer.scan_id, reason="x", now=now, device_id=device.id
        ),
    )
