import pytest

from scanner.courier import Annulled, LinkSeen, Stopped, Uploaded
from scanner.errors import TokenRefused
from scanner.scan import Scan, Verdict
from scanner.window.state import Screen, after, at_time, dismissed, in_next_language


def a_verdict(status="ok", reason=None, offline=False, type="entry"):
    return Verdict(Scan(code="M", type=type), status, reason, "", offline=offline)


GREEN = a_verdict()
RED = a_verdict("error", "revoked")
AMBER = a_verdict("error", "already_redeemed")
BLUE = a_verdict(offline=True)


def shown(screen):
    return screen.card.verdict if screen.card else None


@pytest.mark.parametrize(("verdict", "stays_s"), [(GREEN, 3), (BLUE, 5)])
def test_what_lets_in_clears_by_itself(verdict, stays_s):
    screen = after(Screen(), verdict, 10)

    assert shown(at_time(screen, 10 + stays_s - 0.1)) == verdict
    assert shown(at_time(screen, 10 + stays_s)) is None


@pytest.mark.parametrize("verdict", [RED, AMBER])
def test_what_stops_stays_until_a_key(verdict):
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
