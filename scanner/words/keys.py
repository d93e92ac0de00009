"""Sentences of the help about what each key does."""

from __future__ import annotations

from checkin.words.catalogues import msgid

KEYS = {
    "help_title": msgid("The keys"),
    "help_quit": msgid("Quit"),
    "help_again": msgid("Send again what is set aside"),
    "help_card": msgid("? again: the volunteer's card"),
    "card_keys": msgid("Any key: back to the gate"),
    "help_wedge": msgid("A USB reader works too, at any time."),
}
