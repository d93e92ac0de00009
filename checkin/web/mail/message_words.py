"""What pages say of the kinds of messages, of their texts, and of what is wrong with a text."""

from __future__ import annotations

from flask_babel import gettext as _

from badges.texts import BADGE, text_name
from checkin.domain.messages.kinds import MessageKind
from checkin.services.events.own_texts import TextFault, TextProblem


def kind_words() -> dict[str, str]:
    """Return the name of each kind of message that has sentences of its own."""
    return {
        MessageKind.BADGE: _("The badge"),
        MessageKind.CONFIRMED: _("A place after all"),
        MessageKind.MOVED: _("Another delegation"),
        MessageKind.REPLACED: _("Badge replaced"),
        MessageKind.CHANGED: _("Day, hour or place changed"),
        MessageKind.CANCELED: _("Registration canceled"),
        MessageKind.RESERVE: _("On the reserve list"),
        MessageKind.FOUND: _("Badge asked for by its owner"),
    }


def kinds_of_messages() -> dict[str, str]:
    """Return the name of each kind of message, what organisers write included."""
    return {**kind_words(), MessageKind.WRITTEN: _("Message")}


def text_label(kind: str, name: str) -> str:
    """Return what a text of a kind of message is called in the form."""
    plain = next(
        (one for one in ("subject", "subject_neutral", "intro") if text_name(kind, one) == name),
        name if kind == BADGE else "",
    )
    return str(
        {
            "subject": _("Subject"),
            "subject_neutral": _("Subject that names no event (sensitive events)"),
            "greeting": _("Greeting"),
            "intro": _("Opening"),
            "show": _("How to show the badge"),
            "print_out": _("How to print it"),
            "personal": _("It is personal"),
            "decline": _("Not coming"),
            "privacy": _("Privacy notice"),
        }[plain]
    )


def text_problem(problem: TextProblem) -> str:
    """Return what is wrong with a text, and what to do."""
    return str(
        {
            TextFault.UNKNOWN_PLACEHOLDER: _(
                "%(word)s cannot be used here: write it in words, or use one of %(allowed)s.",
                word=problem.value,
                allowed=" ".join(problem.allowed),
            ),
            TextFault.LONE_BRACE: _(
                "A brace stands alone: write placeholders as {name}, and no other braces."
            ),
            TextFault.TOO_LONG: _("Too long. Characters at most: %(value)s.", value=problem.value),
            TextFault.UNPRINTABLE: _(
                "A line break or an invisible character is in it: keep letters, digits, spaces and "
                "punctuation, on one line."
            ),
            TextFault.EMPTY: _("Nothing is written here yet."),
            TextFault.NAMES_EVENT: _(
                "The event's name may not stand in a subject: whoever sees the phone reads it. "
                "Name it in the text."
            ),
        }[problem.fault]
    )
