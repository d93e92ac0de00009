"""The pages on security: what they count, name and lead to is there."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

import pytest

from tests.docs.pages import pages, tables_of
from tests.support.servers.server_process import ROOT

LIST = "docs/asvs.md"
#: how many requirements of levels 1 and 2 version 5.0 has
IN_THE_STANDARD = {"1": 70, "2": 183}
STATES = ("met", "not applicable", "not met")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
_SECTION = re.compile(r"\[[^\]]+\]\(([\w.-]+\.md)(?:#([\w-]+))?\)")
#: names of `cryptography` that are no algorithms
_PLUMBING = {"Encoding", "NoEncryption", "PrivateFormat", "PublicFormat", "load_pem_private_key"}
#: what else an algorithm of the inventory is called in code
_CALLED = {
    "Ed25519PrivateKey": "Ed25519",
    "Ed25519PublicKey": "Ed25519",
    "RSAPrivateKey": "RSA",
    "PKCS1v15": "RS256",
    "pkcs7": "RSA with SHA-256",
    "AESGCM": "AES-256-GCM",
    "HKDF": "HKDF-SHA256",
    "Scrypt": "scrypt",
    "aes_key_wrap": "AES-256 key wrap",
    "aes_key_unwrap": "AES-256 key wrap",
    "ec": "P-256",
    "hashes": "SHA256",
    "Cipher": "one AES block",
    "algorithms": "one AES block",
    "modes": "one AES block",
}
#: what a page must not say while this file is part of the program
_DENIALS = {
    "checkin/services/accounts/oidc.py": (
        r"\bno (?:OAuth|OpenID Connect|identity provider|federation|provider of sign-ins)\b"
    ),
    "checkin/services/network/outgoing.py": (
        r"\b(?:asks|calls|follows|fetches) no (?:typed )?address"
        r"|\bno request of its own\b"
        r"|\basks no service of others\b"
        r"|\bno address that (?:people|somebody)\b"
    ),
}


def rows() -> list[dict[str, str]]:
    return [row for table in tables_of(LIST) for row in table if "requirement" in row]


def state_of(row: dict[str, str]) -> str:
    return next(state for state in STATES if row["state"].startswith(f"**{state}**"))


@cache
def named_in(file: str) -> frozenset[str]:
    """Return the tests of a file, those of classes as `Class::test`, without importing it."""
    path = ROOT / file
    body = ast.parse(path.read_text("utf-8")).body if path.exists() else []
    classes = [one for one in body if isinstance(one, ast.ClassDef)]
    inside = {
        f"{c.name}::{f.name}" for c in classes for f in c.body if isinstance(f, ast.FunctionDef)
    }
    return frozenset(inside | {one.name for one in body if isinstance(one, ast.FunctionDef)})


def test_the_list_has_each_requirement_once_in_order():
    ids = [row["id"] for row in rows()]

    assert ids == sorted(set(ids), key=lambda one: [int(part) for part in one[1:].split(".")])
    assert Counter(row["level"] for row in rows()) == IN_THE_STANDARD


def test_the_totals_are_those_of_the_rows():
    counted = Counter((row["level"], state_of(row)) for row in rows())
    [told] = [table for table in tables_of(LIST) if "met of what applies" in table[0]]

    for total in told:
        level = total["level"]
        met, other, not_met = (counted[level, state] for state in STATES)
        assert [total[state] for state in STATES] == [str(met), str(other), str(not_met)], level
        assert total["met of what applies"] == f"{100 * met / (met + not_met):.1f} %"


def test_what_is_met_names_a_test_or_a_section():
    bare = [
        row["id"]
        for row in rows()
        if state_of(row) == "met" and not _TEST.search(row["by"]) and not _SECTION.search(row["by"])
    ]

    assert bare == []


def test_each_test_that_the_list_names_exists():
    named = {found for row in rows() for found in _TEST.findall(row["by"])}

    assert len(named) > 150
    assert {f"{file}::{name}" for file, name in named if name not in named_in(file)} == set()


@pytest.mark.parametrize("page", [LIST, "docs/security.md", "docs/privacy.md"])
def test_nothing_is_denied_that_the_program_does(page):
    text = " ".join(pages()[page].split())

    denied = {
        file: found
        for file, denial in _DENIALS.items()
        if (ROOT / file).exists() and (found := re.findall(denial, text, re.IGNORECASE))
    }

    assert denied == {}


@pytest.mark.parametrize(
    "said",
    [
        "no OAuth and no OpenID Connect, neither as client nor as server",
        "no identity provider",
        "the server asks no address that people choose",
        "it makes no request of its own; database and mail are in its settings",
        "The server follows no address that people type",
        "the server asks no address over HTTP",
    ],
)
def test_control_a_page_that_denies_it_is_found(said):
    assert any(re.search(denial, said, re.IGNORECASE) for denial in _DENIALS.values())


@pytest.mark.parametrize("page", [LIST, "docs/security.md", "docs/privacy.md"])
def test_each_section_that_is_named_exists(page):
    def anchors(file: str) -> set[str]:
        titles = re.findall(r"^#+ (.+)$", pages()[f"docs/{file}"], re.MULTILINE)
        return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}

    named = {(file, anchor) for file, anchor in _SECTION.findall(pages()[page]) if anchor}

    assert {(file, anchor) for file, anchor in named if anchor not in anchors(file)} == set()


def test_each_algorithm_in_use_is_in_the_inventory():
    inventory = pages()["docs/security.md"].partition("## Algorithms in use")[2]
    files = [
        f for folder in ("checkin", "scanner", "badges") for f in (ROOT / folder).rglob("*.py")
    ]
    imported = {
        alias.name
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("cryptography.hazmat.primitives")
        for alias in node.names
    } - _PLUMBING
    unknown = {name for name in imported if _CALLED.get(name, "?" + name) not in inventory}

    assert len(imported) > 8
    assert unknown - {"serialization", "InvalidUnwrap"} == set()


def test_each_file_of_the_inventory_exists():
    named = set(re.findall(r"`((?:checkin|badges)/[\w./-]+)`", pages()["docs/security.md"]))

    assert len(named) > 10
    assert {file for file in named if not (ROOT / file).exists()} == set()
