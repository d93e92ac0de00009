from scanner.camera.debounce import CAMERA_S, WEDGE_S, Debounce


def sent(debounce, times):
    return [at for at in times if debounce.is_new("M1", at)]


def test_a_badge_seen_thirty_times_a_second_is_sent_once():
    assert sent(Debounce(), [n / 30 for n in range(90)]) == [0]


def test_a_badge_held_in_view_for_a_minute_is_sent_once():
    assert sent(Debounce(), range(0, 60)) == [0]


def test_a_badge_that_was_away_for_five_seconds_is_sent_again():
    assert sent(Debounce(CAMERA_S), [0, 4.9, 9.9, 14.8]) == [0, 9.9]


def test_a_hand_scanner_may_send_a_code_again_after_two_and_a_half_seconds():
    assert sent(Debounce(WEDGE_S), [0, 2.4, 4.9]) == [0, 4.9]


def test_different_badges_do_not_wait_for_each_other():
    debounce = Debounce()

    assert [debounce.is_new(text, 0.1) for text in ("M1", "M2", "M1", "M3")] == [
        True,
        True,
        False,
        True,
    ]


def test_a_forgotten_badge_is_new_at_once():
    debounce = Debounce()
    debounce.is_new("M1", 0)

    debounce.forget("M1")

    assert debounce.is_new("M1", 0.1)
