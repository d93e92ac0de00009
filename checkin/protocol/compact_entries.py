"""What an entry of the gate list tells, written short, for lists of very many people.

An entry of a segment (`checkin.protocol.list_segments`) names delegation and category by their
numbers; their names, and the gates for a category, stand once in the head of the list. It is a JSON
array, so that nobody takes it for a whole entry, which is an object:

    [participant, delegation, category, standing, name, name_ar, coordinator_phone, more]

`standing` is its place in `STANDINGS`. `more` is an object of whatever a whole entry has beside
these, such as flags. What an entry lacks at its end is left out.

The list of a bus is `[bus, its name, delegation, [[tag, entry], …]]`, in which each passenger's
badge is named by its tag, and the delegation in the entry is the bus's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from checkin.protocol.base64url import bytes_of, text_of

STANDINGS = ("confirmed", "reserve", "canceled")
_NAMED = ("id", "name", "name_ar", "category", "category_ar")
_PHONE = "coordinator_phone"
_OF_ENTRY = ("participant", "delegation", "standing", "blocked", "gates", "category_id", _PHONE)

Named = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ListNames:
    """What the head of a list of segments tells of all entries.

    Attributes:
        delegations: id, name, name_ar and quota of each, by its number.
        categories: id, name, name_ar, and of the limited gates those for it.
    """

    delegations: Named = field(default_factory=dict)
    categories: Named = field(default_factory=dict)


NO_NAMES = ListNames()


def names_in(head: Mapping[str, Any]) -> ListNames:
    """Read the names in the head of a list of segments; an ordinary list has none.

    Raises:
        KeyError, TypeError, ValueError: it is no such head.
    """
    kinds = (head.get(key, ()) for key in ("delegations", "categories"))
    return ListNames(*({int(one["id"]): dict(one) for one in kind} for kind in kinds))


def compact_entry(content: Mapping[str, Any]) -> list[Any]:
    """Write short what an entry tells of a person."""
    person = content["participant"]
    own = {key: value for key, value in person.items() if key not in _NAMED}
    more = {key: value for key, value in content.items() if key not in _OF_ENTRY}
    more |= {"participant": own} if own else {}
    more |= {"blocked": True} if content["blocked"] else {}
    row = [
        person["id"],
        content["delegation"]["id"],
        content["category_id"],
        STANDINGS.index(content["standing"]),
        person["name"],
        person["name_ar"],
        content.get(_PHONE),
        more or None,
    ]
    while row[-1] is None:
        row.pop()
    return row


def compact_bus(content: Mapping[str, Any]) -> list[Any]:
    """Write short the list of a bus."""
    bus, delegation = content["bus"], content["delegation"]
    people = []
    for one in content["people"]:
        told = {key: value for key, value in one.items() if key != "ref"}
        entry = compact_entry({**told, "delegation": delegation})
        people.append([text_of(bytes.fromhex(one["ref"])), entry])
    return [bus["id"], bus["name"], delegation["id"], people]


def whole_entry(row: Sequence[Any], names: ListNames) -> dict[str, Any]:
    """Return what a compact entry tells, as a whole one tells it.

    Raises:
        KeyError, IndexError, TypeError, ValueError: it is no such entry.
    """
    number, of, category_id, standing, name, *rest = row
    name_ar, phone, more = [*rest, None, None, None][:3]
    beside = dict(more or {}) | ({_PHONE: phone} if phone else {})
    own = dict(beside.pop("participant", {}))
    # Whoever has moved since comes with the changes behind the segments: until then without names.
    category = names.categories.get(category_id, {})
    delegation = names.delegations.get(of, {})
    return {
        "participant": {
            "id": number,
            "name": name,
            "name_ar": name_ar,
            **own,
            "category": category.get("name", ""),
            "category_ar": category.get("name_ar"),
        },
        "delegation": {
            "id": of,
            "name": delegation.get("name", ""),
            "name_ar": delegation.get("name_ar"),
            "quota": delegation.get("quota", 0),
        },
        "standing": STANDINGS[standing],
        "blocked": False,
        "gates": list(category.get("gates", ())),
        "category_id": category_id,
        **beside,
    }


def whole_bus(row: Sequence[Any], names: ListNames) -> dict[str, Any]:
    """Return the list of a bus as a whole entry tells it.

    Raises:
        KeyError, IndexError, TypeError, ValueError: it is no such list.
    """
    number, name, of, people = row
    riders = [(bytes_of(tag).hex(), whole_entry(entry, names)) for tag, entry in people]
    delegation = whole_entry([0, of, 0, 0, ""], names)["delegation"]
    without = [
        {"ref": ref, **{key: value for key, value in told.items() if key != "delegation"}}
        for ref, told in riders
    ]
    return {"bus": {"id": number, "name": name}, "delegation": delegation, "people": without}
