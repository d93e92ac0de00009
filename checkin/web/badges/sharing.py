"""Links by which a coordinator sends a badge from their own telephone: WhatsApp and SMS."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import force_locale
from flask_babel import gettext as _

from checkin.db.models import Participant


@dataclass(frozen=True, slots=True)
class Sharing:
    """The address of a badge's page, and links that open a message containing it."""

    address: str
    whatsapp: str
    sms: str


def sharing_of(person: Participant, address: str, *, numbered: bool = True) -> Sharing:
    """Return the links that share one participant's badge, in their language.

    Unless `numbered`, they leave the number out: the telephone asks whom to send the badge to. So
    it is for whoever may not see contacts, whose page would else hold the number in its links.

    The message is read on locked screens, so it names neither the event nor the person.
    """
    with force_locale(person.language):
        words = _("Your entry badge, for you alone:")
    # The address stands on a line of its own: nothing beside it is taken for a part of it.
    text = quote(f"{words}\n{address}", safe="")
    phone = (person.phone or "") if numbered else ""
    return Sharing(
        address=address,
        # Without a number WhatsApp asks whom to send it to.
        whatsapp=f"https://wa.me/{phone.removeprefix('+')}?text={text}",
        sms=f"sms:{phone}?body={text}",
    )
