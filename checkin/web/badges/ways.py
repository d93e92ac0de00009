"""Where a badge's page leads: the place on a map, and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from checkin.db.models import Event
from checkin.domain.common.contacts import normalise_email, normalise_phone
from checkin.domain.common.problems import InvalidValue

_MAP = "https://www.openstreetmap.org"


@dataclass(frozen=True, slots=True)
class Place:
    """Links to an event's place; nothing is loaded from there until somebody follows one.

    Attributes:
        map: a page of OpenStreetMap.
        geo: RFC 5870, for the telephone's own maps.
    """

    map: str
    geo: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask, as the organiser wrote it.

    Attributes:
        link: a mailto: or tel: address; "" where the words are neither.
    """

    words: str
    link: str


def place_of(event: Event, language: str) -> Place:
    """Return the links to an event's place: its point on the map, else a search for its name."""
    venue = quote((language == "ar" and event.venue_ar) or event.venue, safe="")
    if not event.map_point:
        return Place(f"{_MAP}/search?query={venue}", f"geo:0,0?q={venue}")
    latitude, _, longitude = event.map_point.partition(",")
    marked = f"{_MAP}/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
    return Place(marked, f"geo:{event.map_point}?q={event.map_point}({venue})")


def contact_of(words: str) -> Contact:
    """Return how to reach the organiser, as a link where it is one e-mail or one number."""
    for scheme, read in (("mailto", normalise_email), ("tel", normalise_phone)):
        try:
            return Contact(words, f"{scheme}:{read(words)}")
        except InvalidValue:
            continue
    return Contact(words, "")
