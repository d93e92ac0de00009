"""What an idle gate says, on the scan page and in the scanner's window: the same words."""

from __future__ import annotations

from checkin.words.catalogues import msgid, translated

IDLE_WORDS = {
    "doors_in": msgid("Doors open in {span}, at {time}"),
    "doors_until": msgid("Doors open until {time}"),
    "doors_open": msgid("Doors open"),
    "doors_closed": msgid("Doors closed"),
    "try_practice": msgid("Practice badge"),
    "practice_later": msgid("Practice badges wait until nobody comes for a minute"),
    "battery_low": msgid("Battery: {percent} %. Plug the cable in."),
    "minutes": msgid("{count} min"),
    "hours": msgid("{hours} h {minutes}"),
    "days": msgid("{count} d"),
}


def idle_sentences(language: str) -> dict[str, str]:
    """Return all of them in a language by their keys, their places still open."""
    return {key: translated("device", language, said) for key, said in IDLE_WORDS.items()}
