"""Phones and e-mails in their one stored form."""

from __future__ import annotations

import phonenumbers
import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from checkin.domain.common import contacts
from checkin.domain.common.contacts import deliverable, normalise_email, normalise_phone
from checkin.domain.common.problems import InvalidValue

AMINA = "+212612345678"


@pytest.mark.parametrize(
    "written",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "06-12-34-56-78",
        "612345678",
        "212612345678",
        "+212612345678",
        "+212 (0) 6 12 34 56 78",
        "+2120612345678",
        "00212612345678",
        "00 212 06 12 34 56 78",
        "٠٦١٢٣٤٥٦٧٨",
        "۰۶۱۲۳۴۵۶۷۸",
        "\u202a+212 612-345678\u202c",
        "06\u00a012\u202f34 56 78",
        "612345678.0",
        "612345678,00",
        "6.12345678E8",
        "6,12345678E+08",
    ],
)
def test_every_way_to_write_a_moroccan_number_gives_one_number(written):
    assert normalise_phone(written) == AMINA


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("0537 12 34 56", "MA", "+212537123456"),
        ("0712345678", "MA", "+212712345678"),
        # of a range that no table knows yet
        ("0500000000", "MA", "+212500000000"),
        ("٠٥٠٠٠٠٠٠٠٠", "MA", "+212500000000"),
        ("+212 5 00 00 00 00", "FR", "+212500000000"),
        ("00212 5 00 00 00 00", "FR", "+212500000000"),
        ("+33 6 12 34 56 78", "MA", "+33612345678"),
        ("0033612345678", "MA", "+33612345678"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+212 6 12 34 56 78", "FR", AMINA),
        ("00212 6 12 34 56 78", "FR", AMINA),
        ("+1 (650) 253-0000", "MA", "+16502530000"),
        ("2.12612345678E11", "MA", AMINA),
        ("6.123457E+08", "MA", "+212612345700"),  # seven digits are not rounded
    ],
)
def test_other_numbers_keep_their_country(written, region, number):
    assert normalise_phone(written, region) == number


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "invalid_phone"),
        ("12", "invalid_phone"),
        ("06123456789", "invalid_phone"),
        ("0612345678 / 0537123456", "invalid_phone"),
        ("0800FLOWERS", "invalid_phone"),
        ("=1+1", "invalid_phone"),
        ("+999123456789", "invalid_phone"),
        ("061234567\0", "invalid_phone"),
        ("9" * 400, "invalid_phone"),
        ("06123456\u066a", "invalid_phone"),  # the percent sign after the Arabic nine
        ("6.1E+1", "invalid_phone"),
        ("6.12346E+08", "rounded_phone"),
        ("2.12612E+11", "rounded_phone"),
    ],
)
def test_what_is_not_one_whole_number_is_refused(written, reason):
    with pytest.raises(InvalidValue) as refused:
        normalise_phone(written)

    assert (refused.value.reason, refused.value.value) == (reason, written)


@given(st.from_regex(r"0[67][0-9]{8}", fullmatch=True))
def test_the_quick_way_gives_what_the_library_gives(written):
    parsed = phonenumbers.parse(written, "MA")

    assert normalise_phone(written) == phonenumbers.format_number(
        parsed, phonenumbers.PhoneNumberFormat.E164
    )


@given(st.text(alphabet="0123456789+ .,-()eE٠٦ab"))
def test_a_normal_number_is_its_own_normal_form(text):
    try:
        number = normalise_phone(text)
    except InvalidValue:
        return
    assert normalise_phone(number) == number


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" Amina.ElFassi@Example.MA ", "amina.elfassi@example.ma"),
        ("mailto:amina@mail.example.org", "amina@mail.example.org"),
        ("amina+rabat@gmail.com\u200f", "amina+rabat@gmail.com"),
        ("amina@bücher.de", "amina@bücher.de"),
        ("amina@xn--bcher-kva.de", "amina@bücher.de"),
        ("Amina@مثال.المغرب", "amina@مثال.المغرب"),
        *((f"{'x' * 64}@{'a' * 63}.{'b' * 63}.{'c' * 58}.ma",) * 2,),  # 254 characters
    ],
)
def test_an_address_is_kept_in_lower_case(written, address):
    assert normalise_email(written) == address


@pytest.mark.parametrize(
    ("written", "reason", "hints"),
    [
        ("hélène@exemple.fr", "accented_email", ("helene@exemple.fr",)),
        ("Zoë.Müller@bücher.de", "accented_email", ("zoe.muller@bücher.de",)),
        ("أمينة@example.org", "foreign_email", ()),
    ],
)
def test_a_mailbox_in_letters_that_mail_servers_refuse_is_refused(written, reason, hints):
    with pytest.raises(InvalidValue) as refused:
        normalise_email(written)

    found = refused.value
    assert (found.reason, found.value, found.hints) == (reason, written, hints)


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("amina@example.org", "amina@example.org"),
        ("amina@bücher.de", "amina@xn--bcher-kva.de"),
        ("amina@مثال.المغرب", "amina@xn--mgbh0fb.xn--mgbc0a9azcg"),
        ("hélène@exemple.fr", "hélène@exemple.fr"),
    ],
)
def test_a_mail_server_is_given_the_domain_as_dns_has_it(address, sent_to):
    assert deliverable(address) == sent_to


@pytest.mark.parametrize(
    "written",
    [
        "",
        "amina",
        "amina@",
        "@gmail.com",
        "amina@gmail",
        "a b@gmail.com",
        "a..b@gmail.com",
        "a@-gmail.com",
        "a@gmail.com, b@gmail.com",
        "a@gmail.com\0",
        "a@gmail.com\nBcc: b@gmail.com",
        "x" * 65 + "@gmail.com",
        f"{'x' * 64}@{'a' * 63}.{'b' * 63}.{'c' * 59}.ma",  # 255 characters
        *(f"amina@party{end}" for end in (".test", ".local", ".localhost", ".invalid")),
        *(f"amina@party{end}" for end in (".onion", ".arpa")),
        "amina@ab--cd.ma",
    ],
)
def test_what_is_not_one_address_is_refused(written):
    with pytest.raises(InvalidValue) as refused:
        normalise_email(written)

    assert (refused.value.reason, refused.value.value) == ("invalid_email", written)


@given(
    st.from_regex(
        r"[a-z0-9_.%+-]{1,70}@[a-z0-9-]{1,66}(\.[a-z0-9-]{1,5}){0,2}\.(ma|com|test|x|a1)",
        fullmatch=True,
    )
)
def test_the_quick_way_takes_only_what_the_library_takes(address):
    if contacts._is_plain(address):
        assert validate_email(address, check_deliverability=False).normalized == address
