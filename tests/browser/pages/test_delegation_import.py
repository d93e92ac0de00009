"""A coordinator brings a spreadsheet to badges on paper with the keyboard alone, in Chromium."""

from __future__ import annotations

import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from checkin.db.models import Delegation, Event, Participant, Role
from tests.browser.downloads import file_of_job
from tests.support import factories
from tests.support.factories import write
from tests.web.browsing import PASSWORD, an_operator

pytestmark = pytest.mark.browser

#: until a job is done, its page has shown that, and another has come, on a busy machine
SLOWEST_MS = 90_000
LIST = "Nom,Nom en arabe,Téléphone\nAmina Alaoui,أمينة العلوي,0612345678\nBahia Idrissi,,12\n"


@pytest.fixture
def page(server, worker, database, event, delegation, chromium):
    """A page on which Khémisset's coordinator is signed in."""
    factories.a_category(database, event)
    factories.write(database, lambda s: s.execute(update(Event).values(badge_delay_s=0)))
    an_operator(database, Role.COORDINATOR, delegation_id=delegation.id)
    page = chromium.start().new_page(accept_downloads=True)
    # Choosers are caught only some time after somebody listens, and nothing says when.
    page.on("filechooser", lambda _chooser: None)
    page.goto(server.url + "/login")
    page.fill("#email", "coordinator@example.org")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(server.url + "/")
    return page


def press_until(page, reached, key="Tab", most=80):
    """Press a key until what has the focus satisfies a condition, as somebody without mouse."""
    for _ in range(most):
        page.keyboard.press(key)
        if page.evaluate(f"(() => {{ const e = document.activeElement; return {reached}; }})()"):
            return
    raise AssertionError(f"{key} never reached {reached}")


def people(database):
    with database.read() as session:
        rows = session.scalars(select(Participant).order_by(Participant.id)).all()
    return [(p.name, p.phone) for p in rows]


def open_link(page, ending):
    press_until(page, f"(e.href || '').endsWith('{ending}')")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def upload_with_keys(page, tmp_path, text):
    file = tmp_path / "liste.csv"
    file.write_text(text, "utf-8")
    press_until(page, "e.id === 'file'")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(file)
    press_until(page, "e.tagName === 'BUTTON' && e.form && e.form.matches('[data-sending]')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#review", timeout=SLOWEST_MS)


def test_from_a_spreadsheet_to_badges_on_paper_without_a_mouse(page, database, tmp_path):
    open_link(page, "/delegations")
    open_link(page, "/import")
    upload_with_keys(page, tmp_path, LIST)
    assert people(database) == []

    press_until(page, "e.getAttribute('aria-invalid') === 'true'")
    page.keyboard.press("Control+a")
    page.keyboard.type("0687654321")
    page.keyboard.press("Enter")
    page.wait_for_selector("#review button[value='add:1']", timeout=SLOWEST_MS)
    page.wait_for_selector("#review button[value='refuse:1']", state="detached")
    press_until(page, "e.value === 'register'")
    page.keyboard.press("Enter")
    page.wait_for_selector("form[data-sending]", timeout=SLOWEST_MS)

    assert people(database) == [
        ("Amina Alaoui", "+212612345678"),
        ("Bahia Idrissi", "+212687654321"),
    ]
    open_link(page, "/badges")
    press_until(page, "e.tagName === 'BUTTON' && e.form && e.form.action.endsWith('.pdf')")
    sheets = PdfReader(file_of_job(page, lambda: page.keyboard.press("Enter")))
    text = "".join(sheet.extract_text() for sheet in sheets.pages)
    assert ("Amina Alaoui" in text, "Bahia Idrissi" in text) == (True, True)


def test_a_file_that_cannot_be_read_is_told_and_the_next_one_is_taken(page, database, tmp_path):
    open_link(page, "/delegations")
    open_link(page, "/import")
    file = tmp_path / "vide.csv"
    file.write_text("")
    page.set_input_files("#file", file)
    page.click("form[data-sending] button")
    page.wait_for_selector("#sending.problem, #file-problem", timeout=SLOWEST_MS)
    said = page.inner_text("#sending.problem, #file-problem")
    page.set_input_files("#file", {"name": "b.csv", "mimeType": "", "buffer": LIST.encode()})
    page.click("form[data-sending] button")
    page.wait_for_selector("#review", timeout=SLOWEST_MS)

    assert "Le fichier est vide" in said
    assert page.locator("[aria-invalid=true]").count() == 1


def test_a_cell_is_filled_down_and_a_change_is_undone(page, database, tmp_path):
    rows = "".join(f"N{n}a,,1{n}\n" for n in range(3))
    open_link(page, "/delegations")
    open_link(page, "/import")
    upload_with_keys(page, tmp_path, LIST.splitlines()[0] + "\n" + rows)

    def phones():
        cells = page.locator("input[data-column=phone]").all()
        return [cell.input_value() for cell in cells]

    page.focus("input[data-column=phone] >> nth=0")
    page.keyboard.press("Control+a")
    page.keyboard.type("0612345678")
    page.keyboard.press("Control+d")
    filled = phones()
    page.keyboard.press("Control+z")
    undone = phones()
    page.keyboard.press("ArrowDown")
    page.keyboard.type("x")

    assert filled == ["0612345678"] * 3
    assert undone == ["0612345678", "11", "12"]
    assert phones()[2] == "x"


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.proof)])
def test_a_long_list_is_checked_and_registered(page, database, tmp_path, count):
    rows = "".join(f"Militant{n} Alaoui{n},,06{n:08d}\n" for n in range(count))
    # A place for each: else the page asks at the end whether those are told who have none.
    write(database, lambda session: session.execute(update(Delegation).values(quota=count)))
    open_link(page, "/delegations")
    open_link(page, "/import")
    said: list[str] = []

    def told(words):
        said.append(words)

    page.expose_function("told", told)
    page.evaluate(
        "new MutationObserver(([one]) => told(one.target.textContent)).observe("
        "document.querySelector('#sending'), {childList: true})"
    )
    upload_with_keys(page, tmp_path, LIST.splitlines()[0] + "\n" + rows)

    page.click("button[value=register]")
    page.wait_for_selector("form[data-sending]", timeout=SLOWEST_MS)

    assert said[-1] == "Vérification des lignes…"
    assert f"{count:,}".replace(",", "\N{NO-BREAK SPACE}") in page.inner_text("[role=status]")
    assert len(people(database)) == count
