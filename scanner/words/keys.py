"""Sentences of the help about what each key does."""

from __future__ import annotations

from checkin.words.catalogues import msgid

KEYS = {
    "help_title": msgid("The keys"),
    "help_next": msgid("Next badge, close the red"),
    "help_annul": msgid("Annul the last admission"),
    "help_turn": msgid("Entry or exit"),
    "help_typed": msgid("Type the code under the QR"),
    "help_search": msgid("Search for a name"),
    "help_override": msgid("Override (supervisor)"),
    "help_walk_in": msgid("Register somebody without a badge"),
    "help_camera": msgid("Choose the camera"),
    "help_mirror": msgid("Mirror the picture"),
    "help_sound": msgid("Sound"),
    "help_language": msgid("Next language"),
    "help_quit": msgid("Quit"),
    "help_space": msgid("Space"),
    "help_wedge": msgid("A USB reader works too, at any time."),
}
