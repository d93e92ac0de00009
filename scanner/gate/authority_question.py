"""Ask whether a server is the organiser's, where a pairing code was typed instead of scanned.

A pairing QR contains the answer. Somebody who types a code compares the beginning of the
fingerprint with the one on the organiser's page; nothing is sent to the server before the answer.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

from checkin.protocol.fingerprints import beginning, fingerprint_of, in_pairs
from scanner.core.errors import AuthorityRefused, CertificateChanged, CertificateRefused
from scanner.core.typed import meant_key
from scanner.gate.gate import Gate, Wanted, gate_for
from scanner.server.authority import shown_authority
from scanner.server.http_link import server_address
from scanner.words import say

#: asked with a language, a server and a whole fingerprint; whether it is the organiser's
Ask = Callable[[str, str, str], bool]
#: oui, yes, نعم: the letter of the key, whatever the layout writes
YES_KEYS, NO_KEYS = ("o", "y"), ("n",)


def gate_or_question(wanted: Wanted, ask: Ask) -> Gate:
    """Return the gate; ask the volunteer when the server's own authority is not known yet.

    Raises:
        AuthorityRefused: the volunteer said that it is not the organiser's.
        ScannerError: as `gate_for`.
    """
    try:
        return gate_for(wanted)
    except CertificateRefused as fault:
        # A file, a QR or an option has said already whom to believe.
        undecided = not wanted.cafile and wanted.fingerprint is None
        if not undecided or type(fault) not in (CertificateRefused, CertificateChanged):
            raise
        der = shown_authority(server_address(wanted.server))
        if der is None:
            raise
        return gate_for(replace(wanted, fingerprint=_confirmed(wanted, fingerprint_of(der), ask)))


def _confirmed(wanted: Wanted, fingerprint: str, ask: Ask) -> str:
    if not ask(wanted.language, wanted.server, fingerprint):
        raise AuthorityRefused(server=wanted.server, check=beginning(fingerprint))
    return fingerprint


def ask_in_terminal(language: str, server: str, fingerprint: str) -> bool:
    """Ask on the terminal until the answer is a yes or a no; the end of the input is a no."""
    print(say(language, "authority_seen", server=server), file=sys.stderr)  # noqa: T201 - a command
    print(f"\n    {beginning(fingerprint)}\n    {in_pairs(fingerprint)}\n", file=sys.stderr)  # noqa: T201
    while True:
        question = say(language, "authority_same") + " " + say(language, "authority_keys") + " "
        print(question, end="", file=sys.stderr, flush=True)  # noqa: T201
        answer = sys.stdin.readline()
        if not answer or meant_key(answer.strip()[:1]) in NO_KEYS:
            return False
        if meant_key(answer.strip()[:1]) in YES_KEYS:
            return True
