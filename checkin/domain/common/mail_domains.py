"""Notice the domain of an e-mail address that is most likely mistyped, such as gmial.com.

It is a question and no refusal: whoever wrote the address knows better.
"""

from __future__ import annotations

from functools import lru_cache

#: the code of the question
LIKELY_MISTYPED = "likely_mistyped"
#: where most participants have their mailbox; names so long that one slip leads to nobody else's
_PROVIDERS = (
    *("gmail.com", "yahoo.com", "yahoo.fr", "hotmail.com", "hotmail.fr", "outlook.com"),
    *("outlook.fr", "icloud.com", "menara.ma", "orange.fr", "wanadoo.fr", "laposte.net"),
    *("protonmail.com",),
)
#: one slip away from those, and right
_RIGHT = frozenset(
    {
        *_PROVIDERS,
        *("mail.com", "email.com", "ymail.com", "googlemail.com", "rocketmail.com", "manara.ma"),
        *("yahoo.ca", "yahoo.gr", "yahoo.de", "hotmail.gr", "orange.ma", "orange.be"),
        *("outlook.be", "oranges.fr", "grange.fr", "orange.com"),
    }
)
#: of other providers in many countries, whose names are too short to be compared
_COMMON = ("live.com", "live.fr", "msn.com", "free.fr", "sfr.fr", "gmx.com", "gmx.fr", "aol.com")
#: ends of a domain that no registry has, and what was meant
_ENDS = {
    **dict.fromkeys(
        ("con", "cim", "cpm", "cmo", "ocm", "vom", "xom", "comm", "coom", "ccom"), "com"
    ),
    **dict.fromkeys(("nte", "nett", "ner"), "net"),
    **dict.fromkeys(("ogr", "rog", "orgg"), "org"),
    **dict.fromkeys(("frr", "ffr"), "fr"),
    **dict.fromkeys(("maa", "mma"), "ma"),
}


def likely_meant(address: str) -> str | None:
    """Return the address that was most likely meant; None where this one looks right.

    Args:
        address: as `checkin.domain.common.contacts.normalise_email` returns it.
    """
    mailbox, _, domain = address.rpartition("@")
    meant = _domain_meant(domain) if mailbox else None
    return f"{mailbox}@{meant}" if meant else None


@lru_cache(maxsize=4096)
def _domain_meant(domain: str) -> str | None:
    if domain in _RIGHT or domain in _COMMON:
        return None
    for provider in _PROVIDERS:
        if is_one_slip(domain, provider):
            return provider
    name, _, end = domain.rpartition(".")
    if end not in _ENDS:
        return None
    corrected = f"{name}.{_ENDS[end]}"
    return _domain_meant(corrected) or corrected


def is_one_slip(one: str, other: str) -> bool:
    """Say whether a letter too many, too few, another one, or two that changed places part them."""
    if one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, wanted = one[start:], other[start:]
    return (
        rest[1:] == wanted
        or rest == wanted[1:]
        or rest[1:] == wanted[1:]
        or (rest[1:2] + rest[:1] + rest[2:] == wanted and len(rest) > 1)
    )
