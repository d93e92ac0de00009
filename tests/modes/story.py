"""The whole story from an empty installation to the list of arrivals, as users live it.

An administrator sets up an event in the browser, two people get their badges by mail, one of them
is read by a browser at the first gate and the other by the scanner at the second, the board on the
wall changes, and the list of arrivals is downloaded. The program is used only as its users do:
by pages, commands, mails and cameras.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import openpyxl
from playwright.sync_api import Browser, BrowserContext, Download, Page

from checkin.domain.people.importing.headings import column_named
from checkin.protocol.codes import parse_code
from tests.browser.first_sign_in import first_sign_in
from tests.browser.gates.stations import VERDICT, card, open_station, wait_for_list
from tests.browser.gates.webcam import Chromium
from tests.modes.camera import Picture, before_a_camera, film, shown, text_in
from tests.modes.mail import OpenedMail, open_mail
from tests.modes.mode import Mode
from tests.modes.witness import Witness

SLUG = "rabat"
#: a badge is shown for so long, and then nobody is there for longer than a pause between showings
BADGE_S, NOBODY_S = 2.0, 5.5
AMINA = {
    "name": "Amina Alaoui",
    "name_ar": "أمينة العلوي",
    "category": "Participant",
    "email": "amina@example.org",
    "language": "fr",
}
YOUSSEF = {
    "name": "Youssef Bennani",
    "name_ar": "يوسف بناني",
    "category": "Participant",
    "email": "youssef@example.org",
    "language": "ar",
}
#: has no address: nobody mails her a badge
FATIMA = {"name": "Fatima El Amrani", "category": "Participant"}
QUOTAS = "Délégation,الوفد,Places\nKhémisset,الخميسات,1000\n"


@dataclass(frozen=True)
class Prepared:
    """An event that is set up, and whose badges are mailed.

    Attributes:
        office: sees what goes wrong in the organiser's pages.
        page: of the administrator, who is signed in.
        amina, youssef: the two who got a badge by mail.
    """

    office: Witness
    page: Page
    amina: OpenedMail
    youssef: OpenedMail


def first_day(mode: Mode, chromium: Chromium) -> None:
    """Play the whole day in one mode."""
    with prepared_event(mode, chromium) as event:
        page = event.page
        board = open_the_board(event.office.context, page)
        station = open_the_gate(mode, chromium, page, event.amina)
        the_board_moves(board, to=1)
        read_at_the_second_gate(mode, page, event.youssef, event.amina)
        the_board_moves(board, to=2)
        the_badge_is_already_in(station)
        the_command_names_the_public_address(mode)
        take_the_list_home(page, mode.files)
        sign_out(page)


@contextmanager
def prepared_event(mode: Mode, chromium: Chromium) -> Iterator[Prepared]:
    """Set an event up on an empty installation; check at the end that no program has failed."""
    password = mode.command("init").rpartition(": ")[2].strip()
    mode.start()
    browser = mode.browser(chromium)
    with Witness(mode, browser.new_context(accept_downloads=True)) as office:
        page = sign_in(mode, office.context.new_page(), password)
        create_the_event(page)
        bring_the_delegation(page)
        import_the_people(page, mode.files)
        amina, youssef = the_mailed_badges(mode, browser)
        open_the_badge_page(mode, browser, page, amina)
        yield Prepared(office, page, amina, youssef)
    assert "Traceback" not in mode.printed()


def sign_in(mode: Mode, page: Page, password: str) -> Page:
    """The first administrator signs in with what `init` printed, and does what is asked first."""
    opened = page.goto(f"{mode.url}/?lang={mode.language}")
    assert opened is not None
    assert ("strict-transport-security" in opened.headers) == mode.https_for_good
    first_sign_in(page, password)
    page.wait_for_selector(".signed-in")
    for cookie in page.context.cookies():
        assert cookie["secure"] == mode.url.startswith("https:"), cookie["name"]
        assert cookie["name"].startswith("__") == cookie["secure"], cookie["name"]
    return page


def create_the_event(page: Page) -> None:
    """Create an event by the form; it begins in an hour, and its doors are always open."""
    page.click("a[href$='/events/new']")
    begins = datetime.now(UTC) + timedelta(hours=1)  # Morocco's clocks are those of UTC
    for field, text in {
        "name": "Rencontre régionale",
        "name_ar": "اللقاء الجهوي",
        "venue": "Complexe Ibn Rochd, Rabat",
        "slug": SLUG,
        "starts_at": f"{begins:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begins + timedelta(hours=4):%Y-%m-%dT%H:%M}",
    }.items():
        page.fill(f"#{field}", text)
    page.click("#content form .actions .button")
    page.wait_for_url(re.compile(f"/events/{SLUG}/start/"))


def bring_the_delegation(page: Page) -> None:
    """Add the delegation by a sheet of quotas."""
    open_settings(page)
    page.click(".settings-tabs a[href$='/quotas']")
    page.click("#content a[href$='/quotas/sheet']")
    sheet = {"name": "quotas.csv", "mimeType": "text/csv", "buffer": QUOTAS.encode()}
    page.set_input_files("#file", sheet)
    page.click("form[action$='/quotas/sheet'] .button")
    page.click("button[value=apply]")
    page.wait_for_url(re.compile(f"/events/{SLUG}/quotas$"))


def import_the_people(page: Page, folder: Path) -> None:
    """Import people by a workbook that was made from the template."""
    page.click(".top .tabs a[href$='/delegations']")
    page.click("#content th a")
    page.click(".delegation-tabs a[href$='/import']")
    with page.expect_download() as download:
        page.click("a[href$='/model.csv']")
    (headings,) = csv.reader(download.value.path().read_text("utf-8-sig").splitlines())
    workbook = openpyxl.Workbook()
    for row in ({column_named(one): one for one in headings}, AMINA, YOUSSEF, FATIMA):
        workbook.active.append([row.get(column_named(one)) for one in headings])
    workbook.save(folder / "people.xlsx")
    page.set_input_files("#file", folder / "people.xlsx")
    page.click("form[action$='/import'] .button")
    page.click("button[value=register]")
    assert "3" in page.inner_text(".notice-ok")


def the_mailed_badges(mode: Mode, browser: Browser) -> tuple[OpenedMail, OpenedMail]:
    """Send the badges and open them on a telephone; no link in them is for this machine only."""
    mode.command("badges", "send")
    telephone = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2)
    taken = {str(one["To"]): open_mail(one, telephone) for one in mode.mail.taken()}
    telephone.close()
    assert sorted(taken) == [AMINA["email"], YOUSSEF["email"]]
    for mail in taken.values():
        assert "localhost" not in "".join(map(str, mail.message.values()))
        assert [one for one in mail.links if not mode.is_public(one)] == []
        assert parse_code(text_in(mail.badge))
    return taken[AMINA["email"]], taken[YOUSSEF["email"]]


def open_the_badge_page(mode: Mode, browser: Browser, page: Page, mail: OpenedMail) -> None:
    """Open the badge's link, which shows the mailed badge on any telephone."""
    page.click(".top .tabs a[href$='/delegations']")
    page.click("#content th a")
    page.click(".delegation-tabs a[href$='/badges']")
    page.click("#content a[href*='show=all']")
    row = page.locator("tr", has_text=AMINA["name"])
    passed_on = unquote(row.locator("a[href^='https://wa.me']").get_attribute("href") or "")
    (address,) = re.findall(r"https?://(?!wa\.me)\S+", passed_on)
    assert mode.is_public(address)
    assert address in mail.links
    with Witness(mode, browser.new_context(device_scale_factor=2)) as telephone:
        badge = telephone.context.new_page()
        badge.goto(address)
        assert badge.inner_text("h1").startswith(AMINA["name"])
        assert text_in(shown(badge.locator(".code"))) == text_in(mail.badge)
        if mode.url.startswith("https:"):  # elsewhere browsers keep nothing
            badge.wait_for_selector("html[data-kept=yes]")
        (decline,) = {one for one in mail.links if "/n/" in one}
        badge.goto(decline)
        assert AMINA["name"] in badge.inner_text("body")


def open_the_board(organiser: BrowserContext, page: Page) -> Page:
    """Put the board on the wall; nobody is there yet."""
    board = organiser.new_page()
    board.goto(page.eval_on_selector(".top .tabs a[href$='/board']", "link => link.href"))
    the_board_moves(board, to=0)
    return board


def the_board_moves(board: Page, *, to: int) -> None:
    """Check that the board shows the arrivals and says that it is live."""
    board.wait_for_selector("#state[data-state=live]")
    board.wait_for_function(
        "count => document.querySelector('[data-total=arrived]').textContent === count",
        arg=str(to),
        polling=20,
    )
    assert board.get_attribute("#state", "data-state") == "live"


def pair_at(mode: Mode, page: Page, gate: str) -> tuple[str, Picture]:
    """Open a pairing on *Devices*, and return its link and its QR as the screen shows it."""
    page.click(".top .tabs a[href$='/devices']")
    page.fill("#gate", gate)
    page.click("section[aria-labelledby=open-pairing] .button")
    link = page.inner_text(".pairing .link").strip()
    qr = shown(page.locator(".pairing-qr"))
    assert mode.is_public(link)
    assert text_in(qr) == link
    return link, qr


def open_the_gate(mode: Mode, chromium: Chromium, page: Page, mail: OpenedMail) -> Page:
    """Open the pairing link on a laptop, and hold the mailed badge before its webcam."""
    link, _qr = pair_at(mode, page, "Porte 1")
    nobody, badge = before_a_camera(None), before_a_camera(mail.badge)
    browser = mode.browser(chromium, [(nobody, 1), (badge, BADGE_S), (nobody, NOBODY_S)])
    link = mode.with_camera(link).replace("#", f"?lang={mode.language}#")
    station = open_station(browser, link)
    said = card(station)
    assert said["kind"] == "ok"
    assert {said["name"], said["otherName"]} == {AMINA["name"], AMINA["name_ar"]}
    return station


def the_badge_is_already_in(station: Page) -> None:
    """Wait for the webcam's film to show the same badge a second time."""
    station.wait_for_selector(f"{VERDICT}[data-kind=already]")
    wait_for_list(station)
    assert station.faults == []


def read_at_the_second_gate(
    mode: Mode, page: Page, newcomer: OpenedMail, inside: OpenedMail
) -> None:
    """The scanner pairs by the QR on the organiser's screen, then reads two telephones."""
    _link, qr = pair_at(mode, page, "Porte 2")
    seen = film(mode.files / "gate-2.avi", [qr, newcomer.badge, inside.badge])
    verdicts = mode.scan_film(seen, "--pair")
    assert [(one["status"], one["reason"], one["offline"]) for one in verdicts] == [
        ("ok", None, False),
        ("error", "already_redeemed", False),
    ]


def the_command_names_the_public_address(mode: Mode) -> None:
    """Check what `device pair` tells to type and to open."""
    told = re.findall(r"https?://\S+", mode.command("device", "pair", "--gate", "Porte 3"))
    assert len(told) == 2
    assert [one for one in told if not mode.is_public(one)] == []


def take_the_list_home(page: Page, folder: Path) -> None:
    """Export as XLSX and CSV: people who arrived have their gate, the others none."""
    files = {kind: downloaded(page, kind, folder) for kind in ("xlsx", "csv")}
    sheet = openpyxl.load_workbook(files["xlsx"]).active
    rows = [" ".join(str(cell) for cell in row) for row in sheet.iter_rows(values_only=True)]
    for lines in (rows, files["csv"].read_text("utf-8-sig").splitlines()):
        gates = {
            person["name"]: re.findall(r"Porte \d", line)
            for person in (AMINA, YOUSSEF, FATIMA)
            for line in lines
            if person["name"] in line
        }
        assert gates == {
            AMINA["name"]: ["Porte 1"],
            YOUSSEF["name"]: ["Porte 2"],
            FATIMA["name"]: [],
        }


def downloaded(page: Page, kind: str, folder: Path) -> Path:
    """Take one file of the page *Export*: at once, or from the page of a job that takes longer."""
    open_settings(page)
    page.click(".settings-tabs a[href$='/export']")
    files: list[Download] = []

    def take(download: Download) -> None:
        files.append(download)

    page.once("download", take)
    page.click(f"button[value={kind}]", no_wait_after=True)
    link = page.locator(".files a")
    while not files:
        if link.count():
            link.click()
        page.wait_for_timeout(100)
    file = folder / f"export.{kind}"
    files[0].save_as(file)
    return file


def open_settings(page: Page) -> None:
    """Open the settings of the event, by the tabs at the top of every page."""
    page.click(".top .tabs a[href$='/settings']")


def sign_out(page: Page) -> None:
    """Sign out."""
    page.click(".signed-in button")
    page.wait_for_selector("#password")
