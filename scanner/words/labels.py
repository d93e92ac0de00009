"""Short labels on the screen."""

from __future__ import annotations

from checkin.words.catalogues import msgid

LABELS = {
    "admitted": msgid("ADMITTED"),
    "left": msgid("EXIT"),
    "already": msgid("ALREADY IN"),
    "refused": msgid("REFUSED"),
    "fault": msgid("PROBLEM"),
    "pending": msgid("TO BE CONFIRMED"),
    "rehearsal": msgid("REHEARSAL"),
    "practice": msgid("Practice"),
    "show_badge": msgid("Show the badge"),
    "gate": msgid("Gate"),
    "online": msgid("Online"),
    "offline": msgid("Offline"),
    "waiting": msgid("Waiting"),
    "aside": msgid("Set aside"),
    "network": msgid("Network"),
    "list_age": msgid("List"),
    "no_list": msgid("none"),
    "seconds": msgid("{count} s"),
    "minutes": msgid("{count} min"),
    "hours": msgid("{hours} h {minutes}"),
    "days": msgid("{count} d"),
    "drafts": msgid("No badge"),
    "sound": msgid("Sound"),
    "off": msgid("off"),
    "today": msgid("Admitted here"),
    "entry": msgid("ENTRY"),
    "exit": msgid("EXIT"),
    "first_admission": msgid("Came in at {time} · {gate}"),
    "arrived": msgid("{arrived} arrived of {quota}"),
    "arrived_over": msgid("{arrived} arrived of {quota}, with overrides"),
    "clock": msgid("Clock"),
    "arrived_of_all": msgid("Arrived, all gates"),
    "arrived_over_all": msgid("Arrived, with overrides"),
    "keys": msgid("? help · T type a code · F search · W no badge · Z annul · Space next"),
}
