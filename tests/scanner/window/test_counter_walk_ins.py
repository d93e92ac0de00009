"""The form for people without a badge, with the network and without it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from checkin.protocol.walk_ins import public_text
from scanner.gate.volunteer_requests import CategoryName
from scanner.window.form import Purpose
from scanner.window.state import after
from tests.scanner.offline.lists import a_list
from tests.scanner.server.fake_server import PIN
from tests.scanner.verdicts import a_verdict
from tests.scanner.window.live import volunteer as in_the_forms
from tests.scanner.window.live.volunteer import SALE_AND_KHEMISSET

client, server, told, submitted, volunteer = (
    in_the_forms.client,
    in_the_forms.server,
    in_the_forms.told,
    in_the_forms.submitted,
    in_the_forms.volunteer,
)
OPENER = ec.generate_private_key(ec.SECP256R1())


def test_a_walk_in_is_registered_with_the_delegation_chosen_and_scanned(
    volunteer, server, submitted
):
    volunteer.open(Purpose.WALK_IN).type(*"أمينة برادة", "enter", *"sal", "enter").answered()

    (scan,) = submitted
    assert server.people[scan.code]["name_ar"] == "أمينة برادة"
    assert (scan.source, scan.type, volunteer.screen.form) == ("typed", "entry", None)


def test_a_namesake_is_registered_only_when_enter_is_pressed_again(volunteer, submitted):
    volunteer.open(Purpose.WALK_IN).type(*"Youssef Bennani", "enter", *"sal", "enter").answered()
    warned = (volunteer.notice, list(submitted))
    volunteer.type("enter").answered()

    assert warned == ("possible_duplicate", [])
    assert len(submitted) == 1


def test_beyond_the_search_budget_a_walk_in_asks_for_a_supervisors_pin(
    volunteer, server, submitted
):
    server.search_budget_used = True
    volunteer.open(Purpose.WALK_IN).type(*"Amina Berrada", "enter", *"sal", "enter").answered()
    form = volunteer.screen.form
    asked = (volunteer.notice, [form.fields[number].label for number in form.shown_fields])
    wrong = volunteer.type(*"1111", "enter").answered().notice
    volunteer.type(*PIN, "enter").answered()

    assert asked == ("search_budget", ["field_name", "field_delegation", "field_pin"])
    assert wrong == "pin_refused"
    assert server.people[submitted[0].code]["name"] == "Amina Berrada"


def test_a_namesake_found_with_a_pin_is_confirmed_without_it(volunteer, server, submitted):
    server.search_budget_used = True
    volunteer.open(Purpose.WALK_IN).type(*"Youssef Bennani", "enter", *"sal", "enter").answered()
    warned = volunteer.type(*PIN, "enter").answered().notice
    fields = len(volunteer.screen.form.fields)
    volunteer.type("enter").answered()

    assert (warned, fields, len(submitted)) == ("possible_duplicate", 0, 1)


def test_whoever_is_meant_by_a_walk_in_is_let_in_and_not_registered_again(
    volunteer, server, submitted, told
):
    server.says_who_is_meant = True
    known = len(server.people)
    volunteer.open(Purpose.WALK_IN).type(*"Youssef Bennani", "enter", *"sal", "enter").answered()
    asked = [option.label for option in volunteer.screen.form.options]
    volunteer.type("enter").answered()

    assert asked == ["Youssef Bennani", "Une autre personne\u00a0: inscrire"]
    assert ([one.kind for one in told], submitted, len(server.people)) == (["admitted"], [], known)


def test_a_walk_in_gives_their_telephone_category_and_arabic_name(volunteer, server, monkeypatch):
    asked = []
    register = server._register
    monkeypatch.setattr(server, "_register", lambda body: asked.append(body) or register(body))
    categories = (CategoryName("Élu", "منتخب"), CategoryName("Militant", None))
    volunteer.screen = replace(volunteer.screen, categories=categories)
    volunteer.open(Purpose.WALK_IN).type(*"Amina Berrada", "enter", *"sal")
    hidden = volunteer.screen.form.shown_fields
    volunteer.type("tab", *"0661", "tab", "down", "tab", *"أمينة", "enter").answered()

    assert hidden == (0, 1)
    assert {key: asked[0][key] for key in ("name", "name_ar", "phone", "category")} == {
        "name": "Amina Berrada",
        "name_ar": "أمينة",
        "phone": "0661",
        "category": "Élu",
    }


def test_walk_ins_typed_without_a_server_wait_and_are_sent_when_it_is_back(
    volunteer, server, submitted
):
    volunteer.screen = replace(volunteer.screen, online=False)
    for name in ("Amina Berrada", "أمينة برادة"):
        volunteer.open(Purpose.WALK_IN).type(*name, "enter", *"sal", "enter")
    kept = (volunteer.notice, volunteer.screen.form, volunteer.screen.drafts, submitted.copy())
    volunteer.screen = replace(volunteer.screen, online=True)
    first = volunteer.open(Purpose.WALK_IN)
    asked = (first.notice, first.screen.form.texts[0], first.screen.drafts)
    first.type("enter").answered()
    volunteer.open(Purpose.WALK_IN).type("enter").answered()

    assert kept == ("walk_in_kept", None, 2, [])
    assert asked == ("walk_in_draft", "Amina Berrada", 1)
    registered = [server.people[scan.code] for scan in submitted]
    assert [(p["name"], p["name_ar"]) for p in registered] == [
        ("Amina Berrada", None),
        ("", "أمينة برادة"),
    ]
    assert volunteer.screen.drafts == 0


def test_a_wiped_device_forgets_the_names_that_were_typed_and_the_last_scans(volunteer):
    volunteer.screen = after(replace(volunteer.screen, online=False), a_verdict(), 0)
    volunteer.open(Purpose.WALK_IN).type(*"Amina", "enter", *"sal", "enter")
    volunteer.open(Purpose.WALK_IN).type(*"Said")
    volunteer.screen = volunteer.counter.wiped(volunteer.screen)
    volunteer.screen = replace(volunteer.screen, online=True)
    afterwards = volunteer.screen
    volunteer.open(Purpose.WALK_IN)

    assert (afterwards.form, afterwards.drafts, afterwards.recent.listed) == (None, 0, ())
    assert set(volunteer.screen.form.texts) == {""}


def test_a_walk_in_whose_request_got_lost_waits_too(volunteer, server, submitted):
    server.mood = "broken"
    volunteer.open(Purpose.WALK_IN).type(*"Amina", "enter", *"sal", "enter").answered()

    assert (volunteer.notice, volunteer.screen.drafts, submitted) == ("walk_in_kept", 1, [])


@pytest.fixture
def lent(volunteer):
    """A list, and a lease with two places of each delegation."""
    volunteer.delivery.offline.held.take(a_list(at=datetime.now(UTC)))
    volunteer.delivery.spool.memory.take_lease(
        {
            "lease_id": "L1",
            "expires_at": (datetime.now(UTC) + timedelta(minutes=10)).isoformat(),
            "delegations": [{"id": one.id, "places": 2} for one in SALE_AND_KHEMISSET],
            "hall": None,
            "walk_in_key": public_text(OPENER),
        }
    )


def test_without_a_server_a_walk_in_is_let_in_on_a_lent_place_and_the_next_one_is_not(
    volunteer, lent, told, submitted
):
    volunteer.screen = replace(volunteer.screen, online=False)
    seen = []
    for name in ("أمينة برادة", "Omar Tazi", "Said Alami"):
        volunteer.open(Purpose.WALK_IN).type(*name, "enter", *"sal", "enter")
        seen.append((volunteer.notice, volunteer.screen.drafts))

    assert [verdict.kind for verdict in told] == ["pending"] * 2
    assert (told[0].participant["name_ar"], told[0].delegation["name"]) == ("أمينة برادة", "Salé")
    assert seen == [(None, 0), (None, 0), ("walk_in_kept", 1)]
    assert volunteer.delivery.spool.walk_ins.count() == 2
    assert submitted == []


def test_an_answer_that_was_lost_registers_the_same_person_once(volunteer, lent, server, told):
    server.mood = "broken"
    volunteer.open(Purpose.WALK_IN).type(*"Amina", "enter", *"khe", "enter")
    asked = volunteer.screen.form.subject.id
    volunteer.answered()

    (waiting,) = volunteer.delivery.spool.walk_ins.all()
    assert (told[0].kind, waiting.id) == ("pending", asked)


def test_a_name_that_is_changed_is_another_person(volunteer, server):
    volunteer.open(Purpose.WALK_IN).type(*"Youssef Bennani", "enter", *"sal", "enter").answered()
    volunteer.type("escape")
    first = volunteer.screen.form.subject
    volunteer.type(*["tab"] * 4, *" II", "enter", "enter")
    second = volunteer.screen.form.subject
    volunteer.answered()

    assert (first.name, second.name) == ("Youssef Bennani", "Youssef Bennani II")
    assert first.id != second.id
