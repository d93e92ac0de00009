from dataclasses import replace

import pytest

from scanner.core.errors import CameraLost, TokenRefused
from scanner.core.scan import Scan, Verdict
from scanner.server.events import Annulled, LinkSeen, Stopped, Uploaded
from scanner.window.form import Purpose, opened
from scanner.window.state import (
    Screen,
    after,
    at_time,
    dismissed,
    in_next_language,
    with_trouble,
)


def a_verdict(status="ok", reason=None, offline=False, type="entry"):
    return Verdict(Scan(code="M", type=type), status, reason, "", offline=offline)


GREEN = a_verdict()
RED = a_verdict("error", "revoked")
AMBER = a_verdict("error", "already_redeemed")
BLUE = a_verdict(offline=True)


def shown(screen):
    return screen.card.verdict if screen.card else None


@pytest.mark.parametrize(("verdict", "stays_s"), [(GREEN, 3), (BLUE, 5)])
def test_a_card_of_an_admission_disappears_by_itself(verdict, stays_s):
    screen = after(Screen(), verdict, 10)

    assert shown(at_time(screen, 10 + stays_s - 0.1)) == verdict
    assert shown(at_time(screen, 10 + stays_s)) is None


@pytest.mark.parametrize("verdict", [RED, AMBER])
def test_a_card_of_a_refusal_stays_until_a_key_is_pressed(verdict):
    screen = at_time(after(Screen(), verdict, 10), 1000)

    assert shown(screen) == verdict
    assert shown(dismissed(screen)) is None


def test_the_next_badge_replaces_green_and_covers_red():
    screen = after(after(after(Screen(), RED, 0), GREEN, 1), BLUE, 2)

    assert [card.verdict for card in screen.cards] == [RED, BLUE]
    assert shown(at_time(screen, 7)) == RED


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


def test_annulling_takes_the_card_and_the_count_back():
    screen = after(after(Screen(), GREEN, 0), Annulled(GREEN.scan.scan_id, "annulled"), 1)

    assert (screen.cards, screen.admitted, screen.last) == ((), 0, None)
    assert screen.notice == ("annulled", ())


def test_an_annulment_that_failed_changes_only_the_notice():
    before = after(Screen(), GREEN, 0)

    screen = after(before, Annulled(GREEN.scan.scan_id, "annul_offline"), 1)

    assert (screen.cards, screen.admitted, screen.last) == (before.cards, 1, GREEN)


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


def kinds(screen):
    return [card.verdict.kind for card in screen.tiles]


def test_badges_held_up_together_are_shown_together():
    screen = Screen()
    for verdict in (GREEN, RED, BLUE):
        screen = after(screen, verdict, 0, party=3)

    assert kinds(screen) == ["admitted", "refused", "pending"]
    assert kinds(at_time(screen, 4.9)) == ["admitted", "refused", "pending"]
    assert kinds(at_time(screen, 5)) == ["refused"]


def test_the_next_party_replaces_what_admitted_and_covers_what_refused():
    screen = after(after(Screen(), GREEN, 0, party=1), RED, 0, party=1)
    screen = after(screen, GREEN, 1, party=2)

    assert kinds(screen) == ["admitted"]
    assert kinds(at_time(screen, 10)) == ["refused"]


def test_a_fifth_badge_covers_the_first_and_a_key_uncovers_it():
    screen = Screen()
    for verdict in (AMBER, RED, RED, RED, RED):
        screen = after(screen, verdict, 0, party=1)

    assert kinds(screen) == ["refused"] * 4
    assert kinds(dismissed(screen)) == ["already"]
    assert kinds(dismissed(dismissed(screen))) == []


def test_badges_that_no_camera_saw_are_never_a_party():
    screen = after(after(Screen(), RED, 0), RED, 0)

    assert kinds(screen) == ["refused"]


def test_the_frame_of_a_code_keeps_its_colour_after_the_card_has_gone():
    screen = at_time(after(Screen(), GREEN, 0), 10)

    assert (screen.cards, screen.faces) == ((), (("M", "admitted"),))


def test_a_verdict_goes_before_a_form_that_was_open_and_not_before_a_later_one():
    form = opened(Purpose.SEARCH, at_s=5)
    screen = replace(after(Screen(), RED, 4), form=form)

    assert screen.form_in_front == form
    assert after(screen, GREEN, 6).form_in_front is None
    assert at_time(after(replace(screen, cards=()), GREEN, 6), 10).form_in_front == form


def test_a_lost_camera_is_told_until_it_is_back_and_other_notices_come_and_go():
    lost = with_trouble(Screen(), CameraLost(source="0"))

    assert at_time(after(lost, Uploaded(1), 0), 1e6).trouble == ("camera_lost", (("source", "0"),))
    assert with_trouble(lost, None).trouble is None
