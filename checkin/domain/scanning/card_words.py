"""What a verdict's card says besides the reason, the same on the scan page and in the window."""

from __future__ import annotations

from checkin.words.catalogues import msgid, translated

CARD_WORDS = {
    "admitted": msgid("LET IN"),
    "left": msgid("EXIT"),
    "already": msgid("ALREADY USED"),
    "refused": msgid("REFUSED"),
    "fault": msgid("PROBLEM"),
    "pending": msgid("LET PASS · to be confirmed"),
    "unconfirmed": msgid("WAIT"),
    "same_badge": msgid("SAME BADGE"),
    "unchecked": msgid("Let pass: badge not checked (offline), scan kept"),
    "not_ours": msgid("This code is not one of our badges: ask for the badge"),
    "first_admission": msgid("First entry at {time} · {gate}"),
    "opens_at": msgid("Opens at {time}"),
    "arrived": msgid("{arrived} arrived of {quota}"),
    "arrived_over": msgid("{arrived} arrived of {quota}, with overrides"),
    "shown_again": msgid("The same badge again: scanned at {time}, counted once"),
    "decided_offline": msgid("Decided without the network"),
    "practice_badge": msgid("REHEARSAL: nothing is counted"),
    "undo": msgid("Undo"),
    "override": msgid("Override"),
    "undone": msgid("undone"),
}


def card_words(language: str) -> dict[str, str]:
    """Return the words by their keys, their places still open."""
    return {key: translated("device", language, said) for key, said in CARD_WORDS.items()}
