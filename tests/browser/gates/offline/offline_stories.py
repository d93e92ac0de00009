"""Stories of a gate without the network; each is told to the Python scanner and to the browser."""

from __future__ import annotations

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from checkin.protocol.codes import parse_code
from checkin.protocol.gate_list import badge_ref
from checkin.protocol.walk_ins import public_text
from tests.scanner.decode.pictures import a_code
from tests.scanner.offline.lists import NOON, a_bus, a_list, content
from tests.scanner.offline.people import a_listed, a_people_list

ONE, TWO, THREE, STRANGER = (a_code(number) for number in (1, 2, 3, 99))
RESERVE = {"standing": "reserve"}
RELEASED = {"reserve_from": "2025-06-14T12:00:00Z"}
WALK_IN_KEY = public_text(ec.derive_private_key(7, ec.SECP256R1()))
AFTER_EXIT = {"reentry": "after_exit"}
STOPPED = {"stopped": {"fr": "Alarme incendie", "ar": "إنذار حريق", "en": "Fire alarm"}}


def ref_of(code):
    """Return the reference of the badge with this code."""
    return badge_ref(parse_code(code))


def lent(places=0, hall=None, lease_id="L1", minutes=10):
    return {
        "lease_id": lease_id,
        "expires_at": (NOON + timedelta(minutes=minutes)).isoformat(),
        "delegations": [{"id": 4, "name": "Khémisset", "places": places}],
        "hall": hall,
        "walk_in_key": WALK_IN_KEY,
    }


def people(*codes, **told):
    return [(code, content(number, **told)) for number, code in enumerate(codes, 1)]


#: of four: the first one leads it, two wait on the reserve list
BUS = a_bus(
    (ONE, content(1)),
    (TWO, content(2, **RESERVE)),
    (THREE, content(3, **RESERVE)),
    (STRANGER, content(4)),
)


def named(number, name, name_ar=None, **more):
    """What the list of a help desk tells of somebody with this name."""
    told = a_listed(number, **more)
    person = told["participant"] | {"name": name, "name_ar": name_ar}
    return told | {"participant": person}


def in_bus(code, *, leads=False):
    """What is told of somebody who rides in a bus and has this badge."""
    return {"refs": [ref_of(code)], "bus": "Car 1", "bus_id": 3, "leads_bus": leads}


def at_desk(*people, **search):
    """What a help desk is lent at a contact: the key with the head, and the pages."""
    return ("desk", *a_people_list(people, **search))


DESK = (
    named(1, "Mohammed El Khattabi", "محمد الخطابي", phone="+212612345678", refs=[ref_of(ONE)]),
    named(2, "Abdelkader Bennani", "عبد القادر بناني", standing="canceled"),
    named(3, "Mohamed Khattab", blocked=True),
)
RIDERS = (
    named(1, "Hassan Ouazzani", **in_bus(ONE, leads=True)),
    named(2, "Salma Idrissi", **in_bus(TWO)),
    named(3, "Karim Alaoui", **in_bus(THREE), **RESERVE),
    named(4, "Nadia Fassi", bus="Car 1", bus_id=3, leads_bus=False),
)

#: what happens, step by step, and the reason of each showing (None: let in), or for a renewal the
#: lease that was named as the one at hand, for a bus the reasons of all who were ticked, and for a
#: search the numbers of the people and buses that it found, or why it finds nobody
STORIES = {
    "a person, again, and by another badge": (
        [
            ("list", a_list([(ONE, content(1)), (TWO, content(1))])),
            *[("show", code, "entry") for code in (ONE, ONE, TWO)],
        ],
        [None, "already_redeemed", "already_redeemed"],
    ),
    "who left comes back": (
        [
            ("list", a_list(people(ONE), **AFTER_EXIT)),
            *[("show", ONE, type) for type in ("entry", "entry", "exit", "entry")],
        ],
        [None, "checkout_required", None, None],
    ),
    "before the first list everything of our form is kept": ([("show", ONE, "entry")], [None]),
    "a stranger, a revoked badge, and its holder who leaves": (
        [
            ("list", a_list(people(ONE), [TWO])),
            ("show", STRANGER, "entry"),
            ("show", TWO, "entry"),
            ("show", TWO, "exit"),
            ("show", STRANGER, "exit"),
        ],
        ["invalid", "revoked", None, "invalid"],
    ),
    "a delta buries one and adds another": (
        [
            ("list", a_list(people(ONE, TWO))),
            ("list", a_list([(THREE, content(3))], [ONE], cursor=2, since=1)),
            *[("show", code, "entry") for code in (ONE, TWO, THREE)],
        ],
        ["revoked", None, None],
    ),
    "the reserve list enters on lent places only, also after a restart": (
        [
            ("list", a_list(people(ONE, TWO, THREE, **RESERVE), **RELEASED)),
            ("lend", lent(places=2)),
            ("show", ONE, "entry"),
            ("restart",),
            ("show", TWO, "entry"),
            ("show", THREE, "entry"),
        ],
        [None, None, "quota_exceeded"],
    ),
    "a new lease is charged with what the server has not heard of": (
        [
            ("list", a_list(people(ONE, TWO, **RESERVE), **RELEASED)),
            ("lend", lent(places=1)),
            ("show", ONE, "entry"),
            ("lend", lent(places=1, lease_id="L2")),
            ("show", TWO, "entry"),
        ],
        [None, "quota_exceeded"],
    ),
    "an expired lease lends nothing": (
        [
            ("list", a_list(people(ONE, TWO), capacity=500)),
            ("lend", lent(hall=9)),
            ("wait", 599),
            ("show", ONE, "entry"),
            ("wait", 1),
            ("show", TWO, "entry"),
        ],
        [None, "capacity_exceeded"],
    ),
    "without a lease a hall with a limit takes nobody": (
        [("list", a_list(people(ONE), capacity=500)), ("show", ONE, "entry")],
        ["capacity_exceeded"],
    ),
    "hours, gates, blocks and cancellations": (
        [
            (
                "list",
                a_list(
                    [
                        (ONE, content(1, blocked=True)),
                        (TWO, content(2, standing="canceled")),
                        (THREE, content(3)),
                        (STRANGER, content(4, gates=[7])),
                    ],
                    limited_gates=[7],
                    doors_open_at="2025-06-14T12:10:00Z",
                    grace_s=590,
                ),
            ),
            ("show", STRANGER, "entry"),
            ("wait", 10),
            *[("show", code, "entry") for code in (ONE, TWO, THREE, STRANGER)],
        ],
        ["invalid_time", "blocked", "canceled", "wrong_gate", None],
    ),
    "all entries are stopped, exits go on, and the stop is lifted": (
        [
            ("list", a_list(people(ONE, TWO), [THREE], **STOPPED)),
            *[("show", code, "entry") for code in (ONE, THREE)],
            ("show", TWO, "exit"),
            ("list", a_list(cursor=2, since=1)),
            ("show", ONE, "entry"),
        ],
        ["invalid_time", "revoked", None, None],
    ),
    "a clock that was set back lets the lease rest until the server was heard": (
        [
            ("list", a_list(people(ONE, TWO), capacity=500)),
            ("lend", lent(hall=2)),
            ("wake", 0),
            ("show", ONE, "entry"),
            ("wake", -3600),
            ("show", TWO, "entry"),
            ("hear",),
            ("show", TWO, "entry"),
        ],
        [None, "capacity_exceeded", None],
    ),
    "a server whose clock was two hours ahead and is put right lends as before": (
        [
            ("list", a_list(people(ONE), capacity=500)),
            ("hear", 7200),
            ("hear",),
            ("lend", lent(hall=1)),
            ("show", ONE, "entry"),
        ],
        [None],
    ),
    "the answer to a renewal is lost, and the lease at hand goes on": (
        [
            ("list", a_list(people(ONE, TWO, THREE, **RESERVE), **RELEASED)),
            ("renew", lent(places=2)),
            ("renew", None),
            ("show", ONE, "entry"),
            ("settle",),
            ("renew", lent(places=1, lease_id="L2")),
            ("show", TWO, "entry"),
            ("show", THREE, "entry"),
        ],
        [None, "L1", None, "L1", None, "quota_exceeded"],
    ),
    "people without a badge come in on lent places only, also after a restart": (
        [
            ("come", "Amina Tazi"),
            ("list", a_list(people(ONE, **RESERVE), **RELEASED)),
            ("come", "Amina Tazi"),
            ("lend", lent(places=3)),
            ("come", "Amina Tazi"),
            ("restart",),
            ("come", "عمر العلوي"),
            ("lend", lent(places=3, lease_id="L2")),
            ("show", ONE, "entry"),
            ("come", "Said Alami"),
        ],
        ["unapproved", "unapproved", None, None, None, "quota_exceeded"],
    ),
    "people without a badge need a seat, an open door, and a gate for all": (
        [
            ("list", a_list(capacity=500)),
            ("lend", lent(places=5, hall=1)),
            *[("come", name) for name in ("Amina", "Omar")],
            ("list", a_list(cursor=2, **STOPPED)),
            ("come", "Said"),
            ("list", a_list(cursor=3, limited_gates=[7])),
            ("come", "Salma"),
        ],
        [None, "capacity_exceeded", "invalid_time", "wrong_gate"],
    ),
    "a bus: places run out in the middle, and who came in is not asked again": (
        [
            ("list", a_list(people(ONE), buses=[(ONE, BUS)], **RELEASED)),
            ("lend", lent(places=1)),
            ("show", ONE, "entry"),
            ("bus", ONE, ["Amina 4"]),
            ("restart",),
            ("bus", ONE, []),
            ("list", a_list([], [TWO], cursor=2, since=1)),
            ("bus", ONE, ["Amina 3", "Amina 4"]),
        ],
        [None, [None, "quota_exceeded"], ["quota_exceeded", None], []],
    ),
    "a bus where the badge of a passenger is revoked meanwhile, and the gate is not theirs": (
        [
            ("list", a_list(people(ONE), [THREE], buses=[(ONE, BUS)], limited_gates=[7])),
            ("bus", ONE, ["Amina 2"]),
        ],
        [["wrong_gate", "revoked", "wrong_gate"]],
    ),
    "a bus at an event that wants to see each badge": (
        [
            ("list", a_list(people(ONE), buses=[(ONE, BUS)], without_badge="nobody")),
            ("show", ONE, "entry"),
            ("bus", ONE, ["Amina 2", "Amina 3"]),
        ],
        [None, ["badge_required"]],
    ),
    "a place that was annulled stays spent, and its holder may come again": (
        [
            (
                "list",
                a_list([(ONE, content(1, **RESERVE)), (TWO, content(2, **RESERVE))], **RELEASED),
            ),
            ("lend", lent(places=2)),
            ("show", ONE, "entry"),
            ("annul", ONE),
            ("restart",),
            *[("show", code, "entry") for code in (ONE, TWO)],
        ],
        [None, None, "quota_exceeded"],
    ),
    "a help desk finds somebody however they are spelt, lets them in once, and knows it": (
        [
            ("list", a_list(people(ONE))),
            at_desk(*DESK),
            ("find", "mohamed elkhatabi"),
            ("find", "عبدالقادر"),
            ("find", "5678"),
            ("find", "mo"),
            ("find", "zineb"),
            ("admit", 1),
            ("find", "#1"),
            ("show", ONE, "entry"),
            ("admit", 1),
        ],
        [
            [[1], []],
            [[2], []],
            [[1], []],
            "three_letters",
            [[], []],
            None,
            [[1], []],
            "already_redeemed",
            "already_redeemed",
        ],
    ),
    "who came in by their badge is known to the help desk, and refused as with the badge": (
        [
            ("list", a_list(people(ONE))),
            at_desk(*DESK),
            ("show", ONE, "entry"),
            ("find", "khattabi"),
            *[("admit", number) for number in (1, 2, 3)],
        ],
        [None, [[1], []], "already_redeemed", "canceled", "blocked"],
    ),
    "a help desk that was closed and opened offline finds nobody until the key is lent again": (
        [
            ("list", a_list()),
            at_desk(*DESK),
            ("find", "khattabi"),
            ("restart",),
            ("find", "khattabi"),
            at_desk(*DESK),
            ("find", "khattabi"),
        ],
        [[[1], []], "desk_locked", [[1], []]],
    ),
    "a help desk shows so many in an hour, also after a restart": (
        [
            ("list", a_list()),
            at_desk(*DESK, budget=2),
            ("find", "mohamed"),
            ("find", "abdelkader"),
            ("restart",),
            at_desk(*DESK, budget=2),
            ("find", "abdelkader"),
            ("wait", 3600),
            ("find", "abdelkader"),
        ],
        [[[3, 1], []], "desk_budget", "desk_budget", [[2], []]],
    ),
    "a help desk finds nobody before the doors open": (
        [
            ("list", a_list()),
            at_desk(*DESK, opens_at="2025-06-14T12:10:00Z"),
            ("find", "mohamed"),
            ("wait", 600),
            ("find", "abdelkader"),
        ],
        ["search_closed", [[2], []]],
    ),
    "whoever is found needs a lent place as with the badge, and a gate that is theirs": (
        [
            ("list", a_list([], limited_gates=[7], **RELEASED)),
            at_desk(
                named(1, "Hassan Ouazzani", gates=[7], **RESERVE),
                named(2, "Salma Idrissi", gates=[7], **RESERVE),
                named(3, "Karim Alaoui"),
            ),
            ("lend", lent(places=1)),
            *[("admit", number) for number in (1, 2, 3)],
        ],
        [None, "quota_exceeded", "wrong_gate"],
    ),
    "where only supervisors let in without a badge a help desk lets in nobody": (
        [
            ("list", a_list(without_badge="supervisors")),
            at_desk(*DESK),
            ("find", "mohamed el khattabi"),
            ("admit", 1),
        ],
        [[[1], []], "badge_required"],
    ),
    "a bus whose leader has no badge is found by their name, and its list opens at a help desk": (
        [
            ("list", a_list(people(ONE, TWO, THREE), **RELEASED)),
            at_desk(*RIDERS),
            ("lend", lent(places=0)),
            ("find", "ouazzani"),
            ("find", "car 1 khemisset"),
            ("show", TWO, "entry"),
            ("bus", 3, []),
            ("bus", 3, ["Hassan"]),
        ],
        [[[1], [3]], [[], [3]], None, [None, "quota_exceeded"], ["quota_exceeded"]],
    ),
    "a bus that is found counts all of its people as shown": (
        [
            ("list", a_list()),
            at_desk(*RIDERS, budget=2),
            ("find", "ouazzani"),
            ("bus", 3, []),
        ],
        [[[1], [3]], "desk_budget"],
    ),
    "a bus is found by nobody once the help desk was closed": (
        [("list", a_list()), at_desk(*RIDERS), ("restart",), ("bus", 3, [])],
        ["desk_locked"],
    ),
}
