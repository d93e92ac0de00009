"""The people of a help desk as a server would seal and sign them."""

from __future__ import annotations

from checkin.protocol.base64url import text_of
from checkin.protocol.gate_list import public_key_text, sign_list, signed_bytes
from checkin.protocol.sealed_pages import PageKeys, page_content
from tests.scanner.offline.lists import KEY, content

LENT, OTHER = bytes([1] * 32), bytes([2] * 32)
SEARCH = {"budget": 600, "opens_at": None, "closes_at": None}
FOUND = {"refs": [], "names": [], "email": None, "phone": None, "bus": None}


def a_listed(number=1, **more):
    """What the list tells of a person, called Amina and the number."""
    return content(number) | FOUND | more


def a_people_list(people, *, key=LENT, event="rabat", version=1, signer=KEY, **search):
    """The reply of `GET /people-list`, and the pages of these people, one each."""
    keys = PageKeys(key)
    pages = [keys.seal(page_content([person])) for person in people]
    marks = [page.mark for page in pages]
    head = {"event": event, "version": version, "search": SEARCH | search, "marks": marks}
    reply = {
        "key": text_of(key),
        "head": head,
        "public_key": public_key_text(signer),
        "signature": sign_list(signer, signed_bytes(head, (), ())),
    }
    return reply, [{"mark": page.mark, "sealed": page.sealed} for page in pages]
