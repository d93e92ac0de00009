"""What the whole export reads, section by section: every table of an event, and no secret of it.

Things are called by their names and people by their numbers. Left out are codes, tokens and keyed
hashes, what is only passing (half-done uploads, pairings) and sums of what is there itself.
"""

from __future__ import annotations

from collections.abc import Callable

from checkin.services.export import sections_of_event as house
from checkin.services.export import sections_of_gates as gates
from checkin.services.export import sections_of_people as people
from checkin.services.export.people import Rows

event_itself = house.event_itself
SECTIONS: dict[str, Callable[[int], Rows]] = {
    "delegations": house.delegations,
    "categories": house.categories,
    "gates": house.gates,
    "gate_categories": house.gate_categories,
    "devices": house.devices,
    "message_texts": house.message_texts,
    "mail_switch": house.mail_switch,
    "participants": people.participants,
    "badges": people.badges,
    "badge_prints": people.badge_prints,
    "messages": people.messages,
    "applications": people.applications,
    "links": people.links,
    "consent_texts": people.consent_texts,
    "buses": people.buses,
    "scans": gates.scans,
    "admissions": gates.admissions,
    "conflicts": gates.conflicts,
    "duplicates": gates.duplicates,
    "walk_ins": gates.walk_ins,
    "leases": gates.leases,
    "lease_places": gates.lease_places,
    "entry_stops": gates.entry_stops,
    "hourly_arrivals": gates.hourly_arrivals,
    "activity": gates.activity,
}
