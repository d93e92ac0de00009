"""The forms and keys of the scan page: search, override, walk-in, taking back a scan."""

from __future__ import annotations

import pytest
from PIL import Image
from sqlalchemy import select, update

from badges.qr import qr_image
from checkin.db.models import Admission, Conflict, Event, Participant, Role, Scan
from checkin.services.accounts.pins import set_pin
from checkin.services.people.registering.blocking import block
from tests.browser.gates.stations import (
    VERDICT,
    card,
    dismiss,
    hand_scanner,
    open_station,
    stored,
    type_code,
    wait_for_list,
)
from tests.browser.gates.webcam import SIZE_PX, picture
from tests.support import factories
from tests.support.factories import NOW, write
from tests.web.browsing import an_operator

pytestmark = pytest.mark.browser


@pytest.fixture
def codes(database, event, delegation):
    return factories.badges(database, event, 4, delegation=delegation)


@pytest.fixture
def page(chromium, pairing_link, codes):
    page = open_station(chromium.start(), pairing_link)
    wait_for_list(page)
    return page


def held_up(codes):
    """Draw what a webcam sees of several badges held up together."""
    seen = Image.new("RGB", SIZE_PX, (96, 100, 92))
    for number, code in enumerate(codes):
        badge = qr_image(code, module_px=7).convert("RGB")
        seen.paste(badge, (60 + number * 410, 220))
    return seen


def rows(database, *columns):
    with database.read() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(columns[0]))]


def learn_of_the_pin(page):
    """Wait until the page has asked how things stand since a PIN was made."""
    with page.expect_response(
        lambda reply: "/status" in reply.url and reply.json()["device"]["overrides"]
    ):
        pass
    page.wait_for_timeout(100)


def noted(page):
    page.wait_for_selector("#note:not(:empty)")
    return page.text_content("#note")


def test_badges_that_are_held_up_together_have_a_card_each(chromium, pairing_link, codes):
    browser = chromium.start([(picture(None), 2), (held_up(codes[:3]), 4)])
    page = open_station(browser, pairing_link)

    page.wait_for_selector("#verdicts[data-tiles='3']")

    names = page.locator(VERDICT + " [data-part=name]").all_text_contents()
    assert sorted(names) == ["Militant 0", "Militant 1", "Militant 2"]


def listed(page):
    """Return the scans of the list: kind, name and what may be done."""
    return page.eval_on_selector_all(
        "#recent li",
        """items => items.map(item => [item.dataset.kind, ...["name", "action"].map(
            part => item.querySelector(`[data-part=${part}]`).textContent)])""",
    )


def test_a_scan_of_the_list_is_taken_back_by_name_once_it_is_confirmed(page, codes, database):
    page.keyboard.press("z")
    assert noted(page) == "Rien à annuler"
    for number, code in enumerate(codes[:2]):
        type_code(page, code)
        page.wait_for_selector(f"#recent li:nth-child({number + 1})")
    assert listed(page) == [
        ["ok", "Militant 1", "Annuler le scan"],
        ["ok", "Militant 0", "Annuler le scan"],
    ]
    page.locator("#code").blur()

    page.keyboard.press("z")
    page.wait_for_selector("#undo-scan[open]")
    assert page.text_content("#undo-whom") == "Militant 1 · LAISSEZ ENTRER"
    page.click("#undo-scan [data-close]")
    page.wait_for_selector("#undo-scan:not([open])", state="hidden")
    assert {at for _, at in rows(database, Scan.id, Scan.annulled_at)} == {None}
    page.click("#recent li:nth-child(2) button")
    assert page.text_content("#undo-whom") == "Militant 0 · LAISSEZ ENTRER"
    page.press("#undo-scan-form button:not([type=button])", "Enter")

    page.get_by_text("Scan annulé\u00a0: Militant 0").wait_for()
    assert listed(page)[1] == ["ok", "Militant 0", "annulé"]
    taken_back = [at is not None for _, at in rows(database, Scan.id, Scan.annulled_at)]
    assert taken_back == [True, False]
    type_code(page, codes[0])  # at once: it counts as new
    page.wait_for_selector("#recent li:nth-child(3)")
    assert listed(page)[0] == ["ok", "Militant 0", "Annuler le scan"]


def test_a_badge_that_comes_back_and_a_foreign_code_say_so(chromium, pairing_link, codes, database):
    shows = [(picture(codes[0]), 2.5), (picture(None), 1.8), (picture(codes[0]), 2.5)]
    page = open_station(chromium.start([*shows, (picture("HTTPS://EXAMPLE.ORG"), 3)]), pairing_link)

    page.wait_for_selector(VERDICT + "[data-kind=ok]")
    page.wait_for_selector(VERDICT + "[data-kind=already]")
    again = card(page)
    page.wait_for_selector(VERDICT + "[data-kind=refused]")
    foreign = card(page)

    assert (again["word"], again["name"]) == ("MÊME BADGE", "Militant 0")
    assert (foreign["word"], "name" in foreign) == ("REFUSÉ", False)
    assert foreign["sentence"].startswith("Ce code n’est pas un de nos badges")
    assert len(rows(database, Scan.id)) == 1
    assert listed(page) == [["ok", "Militant 0", "Annuler le scan"]]
    assert page.faults == []


def test_the_same_badge_may_leave_right_after_it_came_in(page, codes, database):
    type_code(page, codes[0])
    card(page)
    dismiss(page)

    page.keyboard.press("e")
    # Keys that follow within a tenth of a second are a hand scanner's, and one code with it.
    page.wait_for_selector("input[name=type][value=exit]:checked", state="attached")
    type_code(page, codes[0])

    card(page)
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)
    assert rows(database, Scan.id, Scan.direction)[-1][1] == "exit"


def test_a_name_is_searched_for_and_too_short_ones_are_told(page, event):
    page.keyboard.press("f")
    page.wait_for_selector("#search[open]")
    page.fill("#search-name", "mi")
    page.press("#search-name", "Enter")
    page.get_by_text("Tapez au moins trois lettres du nom").wait_for()

    page.fill("#search-name", "militant 2")
    page.press("#search-name", "Enter")

    page.get_by_text("Résultats\u00a0: 1").wait_for()
    assert page.text_content("#found b") == "Militant 2"
    assert page.text_content("#found .found-state") == "confirmé"
    assert page.text_content("#found .found-details") == "Khémisset · Militant"


def test_whoever_is_found_is_let_in_by_the_keyboard_alone(page, database, codes):
    page.keyboard.press("f")
    page.wait_for_selector("#search[open]")
    page.keyboard.type("militant")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found button:focus")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    said = card(page)
    assert (said["kind"], said["name"]) == ("ok", "Militant 1")
    assert rows(database, Scan.id, Scan.source, Scan.participant_id)[-1][1:] == ("search", 2)
    dismiss(page)
    type_code(page, codes[1])
    assert card(page)["kind"] == "already"


def test_where_only_supervisors_let_in_without_a_badge_the_form_asks_for_their_pin(page, database):
    factories.a_supervisor(database)
    write(database, lambda s: s.execute(update(Event).values(without_badge="supervisors")))
    page.wait_for_event(
        "response",
        lambda reply: (
            "/status" in reply.url and reply.json()["device"]["without_badge"] == "supervisors"
        ),
    )
    page.keyboard.press("f")
    page.fill("#search-name", "militant 2")
    page.press("#search-name", "Enter")
    page.click("#found button")
    page.wait_for_selector("#search-pin", state="visible")
    page.fill("#search-pin", factories.PIN)
    page.press("#search-pin", "Enter")

    assert card(page)["name"] == "Militant 2"


def test_a_search_says_who_is_blocked(page, database, event):
    write(database, lambda s: block(s, event, 1, reason="Menaces", now=NOW))
    page.keyboard.press("f")
    page.fill("#search-name", "militant 0")
    page.press("#search-name", "Enter")

    page.get_by_text("Résultats\u00a0: 1").wait_for()
    assert page.text_content("#found .found-state") == "confirmé · ■ entrée bloquée"


def test_beyond_the_budget_a_search_asks_for_a_supervisors_pin(page, database, event):
    factories.a_supervisor(database)
    write(database, lambda s: s.execute(update(Event).values(search_budget_gate=1)))
    page.wait_for_timeout(1000)  # the server takes a device at its word for half a second
    page.keyboard.press("f")
    page.fill("#search-name", "militant 1")
    page.press("#search-name", "Enter")
    page.get_by_text("Résultats\u00a0: 1").wait_for()
    assert page.is_hidden("#search-pin")

    page.fill("#search-name", "militant 2")
    page.press("#search-name", "Enter")
    page.wait_for_selector("#search-pin", state="visible")
    assert page.locator("#found li").count() == 0
    page.fill("#search-pin", factories.PIN)
    page.press("#search-pin", "Enter")

    page.locator("#found b", has_text="Militant 2").wait_for()
    assert page.is_hidden("#search-pin")
    assert page.input_value("#search-pin") == ""


def test_keys_in_a_form_are_no_commands_and_escape_closes_it(page):
    page.keyboard.press("f")
    page.wait_for_selector("#search[open]")

    page.keyboard.type("wezo")
    page.keyboard.press("Escape")

    page.wait_for_selector("#search", state="hidden")
    assert page.input_value("#search-name") == "wezo"
    assert page.locator("dialog[open]").count() == 0
    assert page.is_checked("input[name=type][value=entry]")


def test_somebody_without_a_badge_is_registered_and_admitted(page, database):
    page.keyboard.press("w")
    page.wait_for_selector("#walk-in-delegation option", state="attached")
    page.fill("#walk-in-name", "Rachid Amrani")

    page.press("#walk-in-name", "Enter")

    said = card(page)
    assert (said["kind"], said["name"]) == ("ok", "Rachid Amrani")
    assert len(rows(database, Admission.id)) == 1


def test_whoever_is_meant_by_a_walk_in_is_let_in_and_registered_no_second_time(page, database):
    people = len(rows(database, Participant.id))
    page.keyboard.press("w")
    page.wait_for_selector("#walk-in-delegation option", state="attached")
    page.fill("#walk-in-name", "Militant 1")
    page.press("#walk-in-name", "Enter")
    page.click("#meant button")

    said = card(page)
    assert (said["kind"], said["name"]) == ("ok", "Militant 1")
    assert len(rows(database, Participant.id)) == people


def test_beyond_the_budget_a_walk_in_asks_for_a_supervisors_pin(page, database):
    factories.a_supervisor(database)
    write(database, lambda s: s.execute(update(Event).values(search_budget_gate=1)))
    page.wait_for_timeout(1000)  # the server takes a device at its word for half a second
    page.keyboard.press("w")
    page.wait_for_selector("#walk-in-delegation option", state="attached")
    page.fill("#walk-in-name", "Militant 1")
    page.press("#walk-in-name", "Enter")
    page.wait_for_selector("#walk-in [role=alert]:not([hidden])")

    page.fill("#walk-in-name", "Rachid Amrani")
    page.press("#walk-in-name", "Enter")
    page.wait_for_selector("#walk-in-pin", state="visible")
    page.fill("#walk-in-pin", factories.PIN)
    page.press("#walk-in-pin", "Enter")

    assert card(page)["name"] == "Rachid Amrani"


def cut(page):
    page.context.set_offline(True)
    page.wait_for_selector("#line[data-state=offline]", timeout=20_000)


def healed(page):
    page.context.set_offline(False)
    page.wait_for_selector("#line[data-state=online]", timeout=20_000)


def walks_in(page, name, delegation="Khémisset"):
    page.keyboard.press("w")
    page.wait_for_selector("#walk-in[open]")
    page.select_option("#walk-in-delegation", label=delegation)
    page.fill("#walk-in-name", name)
    page.press("#walk-in-name", "Enter")


def test_without_the_network_a_walk_in_is_let_in_on_a_lent_place_and_registered_later(
    page, database
):
    cut(page)
    walks_in(page, "Rachid Amrani")

    said = card(page)
    kept = stored(page)
    assert (said["kind"], said["name"]) == ("pending", "Rachid Amrani")
    assert len(kept["walk_ins"]) == 1
    assert "Rachid" not in str(kept)
    assert page.text_content("#waiting") == "Pas encore envoyés\u00a0: 1"
    page.reload()  # nothing of it was in memory only
    page.wait_for_selector("#waiting:not([hidden])")
    assert rows(database, Admission.id) == []

    healed(page)
    page.wait_for_selector("#waiting", state="hidden", timeout=20_000)

    with database.read() as session:
        (person,) = session.scalars(select(Participant).where(Participant.name == "Rachid Amrani"))
        assert session.scalars(select(Admission.participant_id)).all() == [person.id]
        assert session.scalars(select(Conflict.id)).all() == []
    assert stored(page)["walk_ins"] == []
    assert page.faults == []


def test_a_walk_in_without_a_lent_place_is_kept_in_the_form_and_not_let_in(page, database, event):
    factories.a_delegation(database, event, "Tiflet", quota=0)
    page.reload()
    wait_for_list(page)
    page.wait_for_selector("#line[data-state=online]", timeout=20_000)
    cut(page)
    walks_in(page, "Rachid Amrani", "Tiflet")
    page.get_by_text("Plus de place hors ligne à cette porte").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector("#walk-in", state="hidden")
    healed(page)

    page.keyboard.press("w")
    page.wait_for_selector("#walk-in[open]")
    assert page.input_value("#walk-in-name") == "Rachid Amrani"
    page.press("#walk-in-name", "Enter")

    assert card(page)["kind"] == "refused"  # now it is registered, on the reserve list
    dismiss(page)
    page.locator("#code").blur()
    page.keyboard.press("w")
    page.wait_for_selector("#walk-in[open]")
    assert page.input_value("#walk-in-name") == ""
    with database.read() as session:
        known = select(Participant.standing).where(Participant.name == "Rachid Amrani")
        assert session.scalars(known).all() == ["reserve"]


def test_a_name_that_is_registered_already_is_asked_about_again(page, database):
    page.keyboard.press("w")
    page.wait_for_selector("#walk-in-delegation option", state="attached")
    page.fill("#walk-in-name", "Militant 1")

    page.press("#walk-in-name", "Enter")
    page.wait_for_selector("#meant button")
    assert rows(database, Admission.id) == []
    page.press("#walk-in-name", "Enter")  # somebody else of that name

    assert card(page)["name"] == "Militant 1"
    assert len(rows(database, Admission.id)) == 1


def test_a_supervisor_answers_for_a_refused_badge(page, codes, database, event):
    supervisor = an_operator(database, Role.SUPERVISOR)
    factories.write(
        database, lambda s: set_pin(s, s.merge(supervisor), "482193", now=factories.NOW)
    )
    learn_of_the_pin(page)
    page.keyboard.press("o")
    assert noted(page) == "Scannez d’abord le badge refusé"
    factories.scan(database, factories.a_device(database, event, "Porte Nord"), codes[0])
    type_code(page, codes[0])
    assert card(page)["kind"] == "already"

    page.click("#open-override")
    page.fill("#override-pin", "000000")
    page.fill("#override-reason", "Badge passé par erreur")
    page.press("#override-reason", "Enter")
    page.wait_for_selector("#override-form [role=alert]:not([hidden])")
    assert "PIN refusé" in page.text_content("#override-form [role=alert]")
    assert page.evaluate("document.activeElement.id") == "override-pin"
    page.fill("#override-pin", "482193")
    page.press("#override-pin", "Enter")

    page.wait_for_selector(VERDICT + "[data-kind=ok]")
    assert rows(database, Scan.id, Scan.forced)[-1][1] is True
    assert page.faults == []


def test_while_nobody_has_a_pin_the_page_says_who_makes_one(page, codes, database, event):
    factories.scan(database, factories.a_device(database, event, "Porte Nord"), codes[0])
    type_code(page, codes[0])
    assert card(page)["kind"] == "already"

    page.click("#open-override")

    assert "Personne n’a encore de code PIN" in noted(page)
    assert page.locator("#override[open]").count() == 0
    assert page.faults == []


def test_a_device_that_guesses_pins_says_how_long_to_wait_and_scans_on(
    page, codes, database, event
):
    supervisor = an_operator(database, Role.SUPERVISOR)
    factories.write(
        database, lambda s: set_pin(s, s.merge(supervisor), "482193", now=factories.NOW)
    )
    factories.scan(database, factories.a_device(database, event, "Porte Nord"), codes[0])
    type_code(page, codes[0])
    assert card(page)["kind"] == "already"
    learn_of_the_pin(page)
    page.click("#open-override")
    page.fill("#override-reason", "Badge passé par erreur")

    for _ in range(5):
        page.fill("#override-pin", "000000")
        with page.expect_response("**/api/v1/scans"):
            page.press("#override-pin", "Enter")
        page.wait_for_selector("#override-form button:not([type=button]):enabled")
    page.fill("#override-pin", "482193")
    page.press("#override-pin", "Enter")

    page.get_by_text("Trop d’essais sur cet appareil. Attendez 1\u00a0min").wait_for()
    page.keyboard.press("Escape")
    type_code(page, codes[1])
    page.wait_for_selector(VERDICT + "[data-kind=ok]")


def test_no_refusal_comes_back_and_an_override_is_for_the_one_that_it_names(
    page, codes, database, event
):
    factories.a_supervisor(database)
    learn_of_the_pin(page)
    other = factories.a_device(database, event, "Porte Nord")
    for code in codes[:2]:
        factories.scan(database, other, code)
        type_code(page, code)
        page.wait_for_selector(VERDICT + "[data-kind=already]")
    type_code(page, codes[2])
    page.wait_for_selector(VERDICT + "[data-kind=ok]")
    page.wait_for_selector("#verdicts", state="hidden")  # green went, and nothing is below it

    page.click("#recent li:nth-child(3) button")
    assert page.text_content("#override-whom") == "Militant 0 · DÉJÀ UTILISÉ"
    page.fill("#override-pin", factories.PIN)
    page.fill("#override-reason", "Badge passé par erreur")
    page.press("#override-reason", "Enter")

    page.wait_for_selector(VERDICT + "[data-kind=ok]")
    assert card(page)["name"] == "Militant 0"
    assert listed(page) == [
        ["ok", "Militant 0", "Annuler le scan"],
        ["ok", "Militant 2", "Annuler le scan"],
        ["already", "Militant 1", "Dérogation"],
    ]


def test_a_hand_scanner_works_while_nothing_has_the_focus(page, codes, database):
    hand_scanner(page, [(f"Key{letter}", letter) for letter in codes[0]])

    assert card(page)["kind"] == "ok"
    assert rows(database, Scan.id, Scan.source)[0][1] == "wedge"
