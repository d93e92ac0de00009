"""Stories of a gate without the network; each is told to the Python scanner and to the browser."""

from __future__ import annotations

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from checkin.protocol.walk_ins import public_text
from tests.scanner.decode.pictures import a_code
from tests.scanner.offline.lists import NOON, a_bus, a_list, content

ONE, TWO, THREE, STRANGER = (a_code(number) for number in (1, 2, 3, 99))
RESERVE = {"standing": "reserve"}
RELEASED = {"reserve_from": "2025-06-14T12:00:00Z"}
WALK_IN_KEY = public_text(ec.derive_private_key(7, ec.SECP256R1()))
AFTER_EXIT = {"reentry": "after_exit"}
STOPPED = {"stopped": {"fr": "Alarme incendie", "ar": "إنذار حريق", "en": "Fire alarm"}}


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

#: what happens, step by step, and the reason of each showing (None: let in), or for a renewal the
#: lease that was named as the one at hand, for a bus the reasons of all who were ticked
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
}
