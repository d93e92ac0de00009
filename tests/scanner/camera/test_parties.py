from scanner.camera.parties import Parties


def numbers(parties, texts):
    return [parties.party_of(text) for text in texts]


def test_badges_of_one_picture_are_one_party_and_the_next_picture_begins_another():
    parties = Parties()
    parties.seen("ab", 0)
    parties.seen("c", 1)

    assert numbers(parties, "abcd") == [0, 0, 1, None]


def test_a_badge_that_is_read_later_belongs_to_those_still_in_view():
    parties = Parties()
    for at_s, texts in enumerate(["ab", "b", "bc"]):
        parties.seen(texts, at_s * 0.03)

    assert numbers(parties, "abc") == [0, 0, 0]


def test_a_queue_of_overlapping_badges_is_split_into_parties():
    parties = Parties()
    for number in range(6):
        parties.seen("abcdefg"[number : number + 2], number * 1.0)

    assert numbers(parties, "abcdefg") == [0, 0, 0, 0, 1, 1, 1]


def test_a_badge_that_comes_again_is_a_new_party():
    parties = Parties()
    parties.seen("ab", 0)
    parties.seen("a", 10)

    assert numbers(parties, "ab") == [1, 0]
