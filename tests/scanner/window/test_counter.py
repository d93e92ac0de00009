"""The forms of the window: only the window itself is missing."""

from dataclasses import replace

import pytest

from scanner.core.errors import CameraLost, RequestRejected, ServerUnreachable
from scanner.core.scan import Scan, Verdict
from scanner.gate.volunteer_requests import Override, Person, VolunteerRequests
from scanner.server.events import LinkSeen
from scanner.window.form import Purpose
from scanner.window.options import person_options
from scanner.window.state import after, with_trouble
from tests.scanner.decode.pictures import FATIMA
from tests.scanner.server.fake_server import PIN
from tests.scanner.window.live import volunteer as in_the_forms
from tests.scanner.window.live.volunteer import ONE
from tests.support.waiting import wait_for

client, server, told, submitted, volunteer = (
    in_the_forms.client,
    in_the_forms.server,
    in_the_forms.told,
    in_the_forms.submitted,
    in_the_forms.volunteer,
)
REFUSED = Verdict(Scan(code=ONE), "error", "already_redeemed", "")


def test_a_search_lists_names_with_delegation_and_standing(volunteer):
    volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered()

    assert [(o.label, o.detail) for o in volunteer.screen.form.options] == [
        (
            "Fatima-Zahra El Amrani · فاطمة الزهراء العمراني",
            "confirmé · Khémisset · Conseil national",
        )
    ]
    assert volunteer.notice == "found"


def test_a_search_says_who_is_blocked(volunteer, server, monkeypatch):
    plain = server._search

    def search(path):
        status, body = plain(path)
        return status, {"participants": [{**one, "blocked": True} for one in body["participants"]]}

    monkeypatch.setattr(server, "_search", search)
    volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered()

    (option,) = volunteer.screen.form.options
    assert option.detail == "confirmé · ■ entrée bloquée · Khémisset · Conseil national"


def test_beyond_its_budget_a_search_asks_for_a_supervisors_pin(volunteer, server):
    server.search_budget_used = True
    asked = volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered().notice
    fields = [field.label for field in volunteer.screen.form.fields]
    wrong = volunteer.type(*"1111", "enter").answered().notice
    found = volunteer.type(*PIN, "enter").answered().notice

    assert (asked, fields) == ("search_budget", ["field_sought", "field_pin"])
    assert (wrong, found) == ("pin_refused", "found")
    assert volunteer.screen.form.texts == ("Fatima",)  # the PIN ends with the request
    assert [field.label for field in volunteer.screen.form.fields] == ["field_sought"]


@pytest.mark.parametrize("refusal", ["search_not_allowed", "search_closed"])
def test_a_device_that_may_not_search_says_so(volunteer, server, refusal):
    server.search_refusal = refusal

    assert volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered().notice == refusal


def test_what_is_searched_for_is_in_no_address(volunteer, server):
    assert volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered().notice == "found"

    assert server.asked[-1] == "/api/v1/participants/search"
    assert not [address for address in server.asked if "Fatima" in address]


def test_a_server_of_an_earlier_version_is_searched_by_the_address(volunteer, server):
    server.is_earlier = True

    assert volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered().notice == "found"

    assert server.asked[-2:] == ["/api/v1/participants/search", "/api/v1/participants?q=Fatima"]


def test_a_search_says_how_many_more_there_are(volunteer, client, monkeypatch):
    reply = {"participants": [{"id": 1, "name": "Amina"}] * 5, "more": 12}
    monkeypatch.setattr(client, "post", lambda *_, **__: reply)

    volunteer.open(Purpose.SEARCH).type(*"Amina", "enter").answered()

    assert volunteer.screen.form.notice == ("found_more", (("count", 5), ("more", 12)))


def test_whoever_is_found_is_let_in_by_enter_with_the_verdict_of_the_badge(
    volunteer, server, told, submitted
):
    volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered().type("enter").answered()

    (verdict,) = told
    ((body, _),) = server.answers.values()
    assert (verdict.kind, verdict.participant["name"]) == ("admitted", FATIMA["name"])
    assert (body["participant_id"], body["source"]) == (FATIMA["id"], "search")
    assert {"code", "badge_ref"} & set(body) == set()
    assert (volunteer.screen.form, submitted) == (None, [])


def test_an_answer_that_is_lost_keeps_the_person_here_and_is_asked_for_with_the_same_scan_id(
    volunteer, server, told
):
    volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered()
    server.mood = "broken"
    lost = volunteer.type("enter").answered().notice
    server.mood = "well"
    volunteer.type("enter").answered()

    assert (lost, [one.kind for one in told]) == ("unanswered", ["admitted"])


def test_one_person_is_one_scan_until_the_server_has_answered(client, server):
    requests, [found] = VolunteerRequests(client), [FATIMA]
    person = Person(found["id"], found["name"], None, "", None, "confirmed")
    sent = []
    post, client.post_scan = client.post_scan, lambda scan: sent.append(scan) or lost()

    def lost():
        raise ServerUnreachable

    with pytest.raises(ServerUnreachable):
        requests.admit(person, "entry")
    client.post_scan = lambda scan: sent.append(scan) or post(scan)
    requests.admit(person, "entry")
    requests.admit(person, "entry")

    first, again, later = [scan.scan_id for scan in sent]
    assert first == again != later


def test_where_only_supervisors_let_in_without_a_badge_their_pin_is_asked_for(
    volunteer, server, told
):
    server.without_badge = "supervisors"
    volunteer.screen = replace(volunteer.screen, without_badge="supervisors")
    volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered()
    asked = volunteer.type("enter").notice
    wrong = volunteer.type(*"1111", "enter").answered().notice
    volunteer.type(*PIN, "enter").answered()

    assert (asked, wrong, [one.kind for one in told]) == (
        *("pin_for_person", "pin_refused", ["admitted"]),
    )
    assert PIN not in repr(told)


def test_what_was_found_goes_when_another_name_is_typed(volunteer):
    volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered().type("x")

    assert volunteer.screen.form.options == ()


def test_namesakes_are_told_apart(client):
    people = [
        Person(1, "Ahmed Alami", None, "Salé", None, "confirmed", phone_ending="77", bus="Car 2"),
        Person(2, "Ahmed Alami", None, "Salé", None, "reserve", category="Élu"),
        Person(3, "Ahmed Alami", None, "Salé", None, "confirmed", arrived_at="2025-06-14T14:02Z"),
    ]

    details = [one.detail for one in person_options(people, "fr", "UTC")]

    assert details == [
        "confirmé · Salé · Car 2 · tél. …77",
        "liste d’attente · Salé · Élu",
        "entrée à 14:02 · Salé",
    ]


def test_an_arabic_reader_is_told_the_delegation_in_arabic(volunteer):
    volunteer.screen = replace(volunteer.screen, language="ar")
    volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered()

    (option,) = volunteer.screen.form.options
    assert option.detail == "مؤكد · الخميسات · المجلس الوطني"


def test_a_search_for_nobody_and_one_too_short_say_so(volunteer):
    short = volunteer.open(Purpose.SEARCH).type(*"Fa", "enter").notice
    nobody = volunteer.type(*"xxxx", "enter").answered().notice

    assert (short, nobody) == ("three_letters", "found_nobody")


def test_an_override_asks_again_after_a_wrong_pin_and_sends_one_scan_id(
    volunteer, server, told, submitted
):
    server.first[ONE] = "2025-06-14T14:12:03Z"
    volunteer.screen = after(volunteer.screen, REFUSED, 0)
    keys = (*"1111", "enter", *"elected", "enter")
    wrong = volunteer.open(Purpose.OVERRIDE).type(*keys).answered().notice
    volunteer.type(*PIN, "enter", "enter").answered()

    (verdict,) = told
    ((scan_id, (body, _)),) = server.answers.items()
    assert wrong == "pin_refused"
    assert volunteer.screen.form is None
    assert (verdict.kind, verdict.scan.code, verdict.scan.scan_id) == ("admitted", ONE, scan_id)
    assert (body["force"], body["force_reason"], body["supervisor_pin"]) == (True, "elected", PIN)
    assert submitted == []  # never to the spool: a PIN is in it


def test_the_pin_does_not_stay_in_the_verdict(client, server):
    server.first[ONE] = "2025-06-14T14:12:03Z"

    verdict = VolunteerRequests(client).override(Override.of(REFUSED), PIN, "elected")

    assert PIN not in repr(verdict)
    assert type(verdict.scan) is Scan


def test_nothing_is_overridden_that_was_not_refused(volunteer):
    assert volunteer.open(Purpose.OVERRIDE).notice == "nothing_to_override"
    assert volunteer.screen.form is None


def test_while_nobody_has_a_pin_an_override_says_who_makes_one(volunteer):
    refused = after(volunteer.screen, REFUSED, 0)
    nobody = after(refused, LinkSeen(online=True, counts={"device": {"overrides": False}}), 1)
    somebody = after(nobody, LinkSeen(online=True, counts={"device": {"overrides": True}}), 2)

    volunteer.screen = nobody
    said = volunteer.open(Purpose.OVERRIDE).notice
    volunteer.screen = somebody

    assert (said, volunteer.open(Purpose.OVERRIDE).screen.form is None) == ("no_pins", False)


def test_an_override_whose_last_pin_was_taken_away_meanwhile_says_so(volunteer, server):
    server.has_pins = False
    volunteer.screen = after(volunteer.screen, REFUSED, 0)
    keys = (*"1111", "enter", *"elected", "enter")

    assert volunteer.open(Purpose.OVERRIDE).type(*keys).answered().notice == "no_pins"


def test_an_override_is_not_sent_without_a_pin(volunteer, server):
    volunteer.screen = after(volunteer.screen, REFUSED, 0)

    volunteer.open(Purpose.OVERRIDE).type("enter", *"elected", "enter")

    assert (volunteer.screen.form.at, server.answers) == (0, {})


def test_without_a_server_a_search_says_why_and_keeps_what_was_typed(volunteer, server):
    server.mood = "broken"
    lost = volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter").answered().notice
    volunteer.screen = replace(volunteer.screen, online=False)
    at_once = volunteer.type("enter").notice
    server.mood, volunteer.screen = "well", replace(volunteer.screen, online=True)
    found = volunteer.type("enter").answered().notice

    assert (lost, at_once, found) == ("search_offline", "search_offline", "found")
    assert volunteer.screen.form.texts == ("Fatima",)


@pytest.mark.parametrize(
    ("purpose", "said"),
    [
        (Purpose.SEARCH, "search_offline"),
        (Purpose.OVERRIDE, "override_offline"),
        (Purpose.WALK_IN, "walk_in_offline"),
    ],
)
def test_a_form_that_needs_the_network_says_so_when_it_is_opened_without(volunteer, purpose, said):
    volunteer.screen = after(replace(volunteer.screen, online=False), REFUSED, 0)

    assert volunteer.open(purpose).notice == said


def test_an_override_without_a_server_keeps_the_reason_and_not_the_pin(volunteer, server):
    volunteer.screen = after(volunteer.screen, REFUSED, 0)
    server.mood = "broken"
    volunteer.open(Purpose.OVERRIDE).type(*PIN, "enter", *"elected", "enter").answered()

    assert volunteer.notice == "override_offline"
    assert volunteer.screen.form.texts == ("", "elected")


def test_too_many_pins_are_told_with_the_minutes_to_wait_and_the_reason_stays(volunteer, server):
    volunteer.screen = after(volunteer.screen, REFUSED, 0)
    server.mood = "tired"
    volunteer.open(Purpose.OVERRIDE).type(*PIN, "enter", *"elected", "enter").answered()

    key, details = volunteer.screen.form.notice
    assert (key, dict(details)["minutes"]) == ("asked_too_often", 1)
    assert volunteer.screen.form.texts == ("", "elected")


def test_what_the_server_rejects_is_told_in_its_words(client, server):
    server.mood = "rejecting"

    with pytest.raises(RequestRejected) as rejection:
        VolunteerRequests(client).override(Override.of(REFUSED), "", "x")

    assert rejection.value.status == 400


def test_a_typed_code_is_sent_at_its_last_letter_and_a_wrong_one_asked_again(volunteer, submitted):
    wrong = ONE[:-1] + ("0" if ONE[-1] != "0" else "1")
    first = volunteer.open(Purpose.CODE).type(*wrong.lower(), "enter").notice
    volunteer.type("backspace", ONE[-1])

    assert (first, volunteer.screen.form) == ("code_wrong", None)
    assert [(scan.code, scan.source) for scan in submitted] == [(ONE, "typed")]


def test_a_camera_is_chosen_by_its_name(volunteer, told):
    volunteer.open(Purpose.CAMERA)
    labels = [option.label for option in volunteer.screen.form.options]
    volunteer.type("down", "enter")

    assert (labels, told) == (["Integrated", "USB"], [2])


def test_another_camera_ends_the_trouble_of_the_last_one(volunteer):
    volunteer.screen = with_trouble(volunteer.screen, CameraLost(source="0"))
    volunteer.open(Purpose.CAMERA).type("enter")

    assert volunteer.screen.trouble is None


def test_a_late_answer_does_not_fill_another_form(volunteer):
    volunteer.open(Purpose.SEARCH).type(*"Fatima", "enter")
    wait_for(lambda: not volunteer.counter.background_tasks.answers.empty(), "the answer")
    volunteer.at_s = 2.0
    volunteer.type("escape").open(Purpose.SEARCH).answered()

    assert (volunteer.screen.form.options, volunteer.notice) == ((), None)
