"""From an empty installation to the first badge in the post, with a messy list, counted in clicks.

In French and in Arabic, on a laptop of 1366×768, with a mail server that takes what is sent. Every
page on the way is looked at by axe-core, and none is wider than the screen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page
from sqlalchemy import func, select

from checkin.db.engine import Database
from checkin.db.models import Category, Delegation, Participant
from checkin.domain.scanning.facts import RegistrationStatus
from checkin.settings import Settings
from tests.browser.accessibility import serious_findings
from tests.browser.first_sign_in import OWN_PASSWORD, first_sign_in
from tests.browser.pages.messy_workbook import (
    CATEGORIES,
    DELEGATIONS,
    FOUND_AGAIN,
    LOST_DIGITS,
    write_messy_workbook,
)
from tests.services.mail.mail_server import mail_server
from tests.support.servers.server_fork import by_fork
from tests.support.servers.server_process import Server
from tests.support.waiting import wait_for

pytestmark = pytest.mark.browser

MOST_CLICKS = 25
#: until a job is done, and its page has led on, on a busy machine
SLOWEST_MS = 120_000
SCREEN = {"width": 1366, "height": 768}
SLUG = "rabat"
#: Counts in the browser whatever activates something, across pages: the mouse's button, Enter and
#: space, an option (its list is opened, and it is chosen), a file (chosen in the system's window).
#: Text is typed, and a field is reached with Tab: neither is counted.
COUNTER = """
const more = (by) => sessionStorage.setItem("hands", Number(sessionStorage.getItem("hands")) + by);
addEventListener("pointerdown", () => more(1), true);
addEventListener("keydown", ({key}) => (key === "Enter" || key === " ") && more(1), true);
addEventListener("change", ({target}) => {
  if (target instanceof HTMLSelectElement) more(2);
  if (target instanceof HTMLInputElement && target.type === "file") more(1);
}, true);
"""


@dataclass
class Walk:
    """Somebody who sees a page for the first time: what they press, and what each page shows.

    Attributes:
        pictures: a folder for a picture of each page; None: none are taken.
    """

    page: Page
    language: str
    pictures: Path | None = None
    seen: list[str] = field(default_factory=list)
    findings: dict[str, list[str]] = field(default_factory=dict)

    def sees(self, name: str, shown: str) -> None:
        """Wait until the page shows something, and look at the page as a whole."""
        self.seen.append(name)
        try:
            self.page.wait_for_selector(shown, timeout=SLOWEST_MS)
        except Error as fault:
            raise AssertionError(f"{name}: {self.page.inner_text('main')}") from fault
        try:
            found = serious_findings(self.page)
        except Error:  # a page of a job comes again by itself when the job has ended
            self.page.wait_for_load_state()
            found = serious_findings(self.page)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        if width > SCREEN["width"]:
            found.append(f"{width} pixels wide")
        if found:
            self.findings[name] = found
        if self.pictures:
            file = self.pictures / f"{len(self.seen):02}-{name}-{self.language}.png"
            self.page.screenshot(path=file, full_page=True)

    def press(self, what: str) -> None:
        self.page.click(what)

    def types(self, **fields: str) -> None:
        for name, text in fields.items():
            self.page.fill(f"#{name}", text)

    @property
    def clicks(self) -> int:
        return int(self.page.evaluate("Number(sessionStorage.getItem('hands'))"))


@pytest.fixture
def post(tmp_path):
    with mail_server(tmp_path / "post") as post:
        yield post


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def server(home):
    """An installation on which nothing was done but `init`, with the worker that `run` starts."""
    home.mkdir()
    server = Server(home, begin=by_fork, worker=True)
    yield server
    server.stop()


def sign_in(server, browser, language):
    """The first administrator has signed in, and stands before an empty overview."""
    password = server.command("init").rpartition(": ")[2].strip()
    server.start()
    page = browser.new_page(viewport=SCREEN, locale=language)
    page.add_init_script(COUNTER)
    page.goto(f"{server.url}/?lang={language}")
    first_sign_in(page, password)
    page.wait_for_selector(".choices-of-a-start")
    page.evaluate("sessionStorage.setItem('hands', 0)")
    return page


def create_the_event(walk):
    walk.sees("overview", ".choices-of-a-start")
    walk.press(".choices-of-a-start a[href$='/events/new']")
    walk.sees("new-event", "#starts_at")
    begins = datetime.now(UTC) + timedelta(days=12)
    walk.types(
        name="Rencontre régionale",
        name_ar="اللقاء الجهوي",
        venue="Complexe Ibn Rochd, Rabat",
        slug=SLUG,
        starts_at=f"{begins:%Y-%m-%dT15:00}",
        ends_at=f"{begins:%Y-%m-%dT19:00}",
    )
    walk.press("#content form .actions .button")


def import_the_list(walk, file):
    walk.sees("first-steps-categories", "[aria-current=step][data-state=open]")
    walk.press("#content a[href$='/import']")
    walk.sees("import", "#file")
    with walk.page.expect_file_chooser() as chooser:
        walk.press("#file")
    chooser.value.set_files(file)
    walk.press("form[data-sending] button")
    walk.sees("questions", "#questions")
    for column in ("delegation", "category"):
        walk.press(f"[data-create-all={column}]")
    walk.press("#questions button[value=go-on] >> nth=-1")
    walk.sees("rows", "#review")
    wrong = walk.page.locator("[aria-invalid=true]")
    assert wrong.evaluate_all("all => all.map((one) => one.value)") == [LOST_DIGITS]
    wrong.fill(FOUND_AGAIN)
    walk.press("button[value=check]")
    walk.page.wait_for_selector("#review button[value='refuse:1']", state="detached")
    walk.sees("rows-right", "#review button[value=register]")
    walk.press("#review button[value=register]")
    walk.sees("registered", ".notice-ok + .actions a[href$='/start']")
    walk.press("#content a[href$='/start']")


def settle_the_address(walk):
    walk.sees("first-steps-address", "#set-base_url")
    walk.page.fill("#set-base_url", "https://badges.example.org")
    walk.press("form:has(#set-base_url) .button")
    walk.sees("first-steps-telephone", ".telephone-check")
    walk.press("form[action$='/start/address/skip'] button")  # a proxy, which nobody has yet


def settle_the_mail(walk, post):
    walk.sees("first-steps-badges", "[data-check=badges]")
    walk.press("[data-check=badges] a[href*='/mail/settings']")
    walk.sees("mail", "#host")
    port = post.url.rpartition(":")[2]
    walk.types(host="localhost", port=port, mail_from="Rencontre <badges@example.org>")
    walk.page.select_option("#encryption", "refused")
    if walk.page.locator("#confirmation").count():  # the sign-in was a while ago
        walk.types(confirmation=OWN_PASSWORD)
    walk.press("form:has(#host) .actions .button")
    walk.sees("mail-saved", "form[action$='/mail/settings/test']")
    walk.press("form[action$='/mail/settings/test'] button")
    walk.sees("mail-tried", "#tried.notice-ok")
    walk.press(".page-head a.button:not(.button-plain)")
    walk.sees("first-steps-badges-again", "[data-check=badges]")


def send_the_badges(walk):
    walk.press("[data-check=badges] a[href$='/delivery']")
    walk.sees("delivery", "form[action$='/delivery/send'] button.button:not(.button-plain)")
    walk.press("form[action$='/delivery/send'] button")


def badges_in(post):
    """The messages that hold a picture; the test message before them has none."""
    return [
        message
        for message in post.taken()
        if any(part.get_content_type() == "image/png" for part in message.walk())
    ]


def registered(home):
    """Return how many people, categories and delegations the installation has."""
    database = Database(Settings(home=home).database)
    try:
        with database.read() as session:
            is_confirmed = Participant.standing == RegistrationStatus.CONFIRMED
            counted = select(func.count()).select_from
            return [
                session.scalars(counted(Participant).where(is_confirmed)).one(),
                session.scalars(select(Category.name).order_by(Category.position)).all(),
                set(session.scalars(select(Delegation.name))),
            ]
    finally:
        database.dispose()


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("language", "people"),
    [
        ("fr", 60),
        pytest.param("fr", 1000, marks=pytest.mark.proof),
        pytest.param("ar", 1000, marks=pytest.mark.proof),
    ],
)
def test_the_first_badge_is_in_the_post_after_few_clicks(
    server, home, post, chromium, tmp_path, language, people, record_property
):
    file = tmp_path / "liste.xlsx"
    write_messy_workbook(file, people)
    page = sign_in(server, chromium.start(), language)
    walk = Walk(page, language, tmp_path if people > 100 else None)

    create_the_event(walk)
    import_the_list(walk, file)
    settle_the_address(walk)
    settle_the_mail(walk, post)
    send_the_badges(walk)
    first = wait_for(lambda: badges_in(post), "the first badge", 120)[0]
    clicks = walk.clicks
    walk.sees("sending", "#progress [data-count=sent]")

    print(f"{language}, {people} people: {clicks} clicks to the first badge in the post")
    record_property("clicks", clicks)
    assert str(first["To"]).lower().endswith("@example.org")
    count, categories, delegations = registered(home)
    assert (count, sorted(categories)) == (people, sorted(CATEGORIES))
    assert delegations == set(DELEGATIONS)
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert walk.findings == {}
    assert clicks <= MOST_CLICKS, walk.seen
