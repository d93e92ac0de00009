"""Addresses that look mistyped are asked about, and right ones are not."""

from __future__ import annotations

import pytest

from checkin.domain.common.mail_domains import is_one_slip, likely_meant


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.cm", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("hotmal.fr", "hotmail.fr"),
        ("yaho.fr", "yahoo.fr"),
        ("yahooo.com", "yahoo.com"),
        ("outlok.fr", "outlook.fr"),
        ("iclould.com", "icloud.com"),
        ("memara.ma", "menara.ma"),
        ("mairie-rabat.maa", "mairie-rabat.ma"),
        ("association.ogr", "association.org"),
    ],
)
def test_a_likely_slip_is_asked_about(domain, meant):
    assert likely_meant(f"amina@{domain}") == f"amina@{meant}"


@pytest.mark.parametrize(
    "domain",
    [
        *("gmail.com", "googlemail.com", "mail.com", "email.com", "ymail.com", "yahoo.fr"),
        *("yahoo.ca", "hotmail.be", "live.fr", "outlook.be", "gmx.de", "sfr.fr", "free.fr"),
        *("menara.ma", "manara.ma", "example.org", "rabat.ma", "parti.org.ma", "um6p.ma"),
        *("مثال.المغرب", "bücher.de", "orange.ma", "protonmail.ch", "proton.me", "me.com"),
    ],
)
def test_a_domain_that_is_right_is_not_asked_about(domain):
    assert likely_meant(f"amina@{domain}") is None


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("gmail", "gmail", False),
        ("gmil", "gmail", True),
        ("gmaail", "gmail", True),
        ("gmoil", "gmail", True),
        ("gmali", "gmail", True),
        ("gamil", "gmail", True),
        ("gmaillz", "gmail", False),
        ("", "g", True),
        ("", "gm", False),
        ("mg", "gm", True),
        ("mgx", "gmy", False),
    ],
)
def test_one_slip_is_a_letter_more_or_less_another_one_or_two_that_changed_places(
    one, other, is_one
):
    assert (is_one_slip(one, other), is_one_slip(other, one)) == (is_one, is_one)
