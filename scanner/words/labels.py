"""Short labels on the screen."""

from __future__ import annotations

from checkin.words.catalogues import msgid

LABELS = {
    "rehearsal": msgid("REHEARSAL"),
    "practice": msgid("Practice"),
    "show_badge": msgid("Show the badge"),
    "gate": msgid("Gate"),
    "online": msgid("Online"),
    "at_hub": msgid("Hub: {name}"),
    "offline": msgid("Offline"),
    "waiting": msgid("Waiting"),
    "aside": msgid("Set aside"),
    "network": msgid("Network"),
    "list_age": msgid("List"),
    "no_list": msgid("none"),
    "list_comes": msgid("{done} of {of}"),
    "seconds": msgid("{count} s"),
    "drafts": msgid("To register (network)"),
    "battery": msgid("Battery"),
    "sound": msgid("Sound"),
    "off": msgid("off"),
    "today": msgid("Entries here"),
    "entry": msgid("ENTRY"),
    "exit": msgid("EXIT"),
    "clock": msgid("Clock"),
    "arrived_of_all": msgid("Arrived, all gates"),
    "arrived_over_all": msgid("Arrived, with overrides"),
    "keys": msgid("? help · T type a code · F search · W walk-in · Z undo · Space next"),
}
