from dataclasses import replace

from scanner.core.errors import CameraLost, TokenRefused
from scanner.core.scan import Scan, Verdict
from scanner.gate.station import Sight
from scanner.server.events import Annulled, LinkSeen, Stopped, Uploaded
from scanner.window.form import Purpose, opened
from scanner.window.state import (
    Screen,
    after,
    at_time,
    in_next_language,
    with_sight,
    with_trouble,
)


def a_verdict(status="ok", reason=None, offline=False, type="entry"):
    return Verdict(Scan(code="M", type=type), status, reason, "", offline=offline)


GREEN = a_verdict()
RED = a_verdict("error", "revoked")
AMBER = a_verdict("error", "already_redeemed")
BLUE = a_verdict(offline=True)


def test_only_entries_that_the_server_admitted_are_counted():
    screen = Screen()
    for verdict in (GREEN, RED, AMBER, BLUE, a_verdict(type="exit"), a_verdict()):
        screen = after(screen, verdict, 0)

    assert screen.admitted == 2


def test_the_servers_count_of_this_gate_wins():
    counts = {"gates": [{"id": 7, "arrived": 128}, {"id": 8, "arrived": 5}]}

    screen = after(Screen(gate_id=7, admitted=3), LinkSeen(True, counts), 0)

    assert (screen.admitted, screen.online) == (128, True)
    assert after(screen, LinkSeen(False), 0).online is False


def test_a_scan_that_was_taken_back_is_marked_and_named_and_not_counted():
    admitted = replace(GREEN, participant={"name": "Amina Alaoui"})

    screen = after(after(Screen(), admitted, 0), Annulled(GREEN.scan.scan_id, "annulled"), 1)

    assert (screen.cards, screen.admitted) == ((), 0)
    assert [scan.is_undone for scan in screen.recent.listed] == [True]
    assert screen.notice == ("annulled", (("name", "Amina Alaoui"),))


def test_an_undo_that_failed_changes_only_the_notice():
    before = after(Screen(), GREEN, 0)

    screen = after(before, Annulled(GREEN.scan.scan_id, "annul_offline"), 1)

    assert (screen.recent, screen.admitted) == (before.recent, 1)
    assert screen.notice == ("annul_offline", (("name", "…M"),))


def test_an_override_takes_the_place_of_its_refusal_and_counts():
    screen = after(after(Screen(), RED, 0), GREEN, 1)
    overriding = replace(a_verdict(), overridden=RED.scan.scan_id)

    screen = after(screen, overriding, 2)

    assert [scan.verdict for scan in screen.recent.listed] == [overriding, GREEN]
    assert screen.admitted == 2


def test_what_a_code_was_taken_for_is_shown_on_the_card_or_as_a_notice():
    admitted = after(Screen(), GREEN, 0)

    again, foreign, misread, sent = (
        with_sight(admitted, "M", sight, 1)
        for sight in (Sight.SHOWN_AGAIN, Sight.NOT_OURS, Sight.AGAIN, Sight.SENT)
    )

    assert [(card.is_same, card.kind) for card in again.cards] == [(True, "already")]
    assert [card.verdict.is_foreign for card in foreign.cards] == [True]
    assert (misread.cards, misread.notice) == (admitted.cards, ("again", ()))
    assert sent == admitted


def test_notices_pass_and_a_stop_remains():
    uploaded = after(Screen(), Uploaded(12), 0)
    stopped = after(Screen(), Stopped(TokenRefused()), 0)

    assert uploaded.notice == ("uploaded", (("count", 12),))
    assert at_time(uploaded, 3).notice is None
    assert at_time(stopped, 100_000).notice == ("token_refused", ())


def test_l_goes_round_the_three_languages():
    screen = Screen(language="fr")
    seen = []
    for _ in range(3):
        screen = in_next_language(screen)
        seen.append(screen.language)

    assert seen == ["ar", "en", "fr"]


def test_a_verdict_goes_before_a_form_that_was_open_and_not_before_a_later_one():
    form = opened(Purpose.SEARCH, at_s=5)
    screen = replace(after(Screen(), RED, 4), form=form)

    assert screen.form_in_front == form
    assert after(screen, GREEN, 6).form_in_front is None
    assert at_time(after(screen, GREEN, 6), 10).form_in_front == form


def test_a_lost_camera_is_told_until_it_is_back_and_other_notices_come_and_go():
    lost = with_trouble(Screen(), CameraLost(source="0"))

    assert at_time(after(lost, Uploaded(1), 0), 1e6).trouble == ("camera_lost", (("source", "0"),))
    assert with_trouble(lost, None).trouble is None
