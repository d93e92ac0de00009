"""`python -m scanner`: a gate, or `--decode` for still images."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

# Imported first, so that every later import takes its time zones from the shipped tables.
import checkin.protocol.time_zones  # noqa: F401
from checkin.domain.scanning.facts import Direction
from checkin.protocol.fingerprints import fingerprint_typed
from checkin.protocol.version import VERSION
from checkin.words.compiled import BrokenCatalogue, compile_all
from checkin.words.languages import DEFAULT_LANGUAGE, LANGUAGES
from scanner.core.errors import LibraryMissing, ScannerError
from scanner.core.quiet import silence_stderr
from scanner.words import say

if TYPE_CHECKING:
    from scanner.decode.base import Decoder
    from scanner.gate.gate import Gate, Wanted

#: `--pair` without a code
BY_CAMERA = ""


def main(argv: list[str] | None = None) -> int:
    """Run the scanner and return its exit code: 0, 1 for an unreadable image, 2 for a fault."""
    parser = _parser()
    asked = parser.parse_args(argv)
    if not (asked.server or asked.decode or asked.pair == BY_CAMERA or asked.set_aside):
        parser.error("give --server URL, or --pair to read the QR of a pairing, or --decode IMAGE")
    _utf8_output()
    silence_stderr()
    try:
        compile_all()  # a fault in the catalogues leaves no words to report it with
        if asked.decode:
            return _decode(asked)
        return _print_set_aside(asked) if asked.set_aside else _scan(asked)
    except ScannerError as fault:
        print(say(asked.language, fault.code, **fault.details), file=sys.stderr)  # noqa: T201 - a command
        return 2
    except BrokenCatalogue as fault:
        print(f"error: {fault}", file=sys.stderr)  # noqa: T201 - a command
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Nobody reads standard output any more; Python would report that again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _decode(asked: argparse.Namespace) -> int:
    with _libraries():
        from scanner.camera.stills import decode_images
    return decode_images(asked.decode, asked.language)


def _print_set_aside(asked: argparse.Namespace) -> int:
    from scanner.gate.set_aside import set_aside_lines, spool_asked_for

    for line in set_aside_lines(asked.spool or spool_asked_for(asked.server, _token(asked))):
        print(line)  # noqa: T201 - a command
    return 0


def _scan(asked: argparse.Namespace) -> int:
    with _libraries():
        from scanner.camera.steady import frames_of
        from scanner.decode.idle import Idle
        from scanner.decode.stream import stream_decoder, zbar_or_none
        from scanner.gate.gate import needs_pairing
    if not asked.headless:
        from scanner.window.system.display import check_display

        check_display()
    zbar = zbar_or_none()
    if zbar is None:
        print(say(asked.language, "no_zbar"), file=sys.stderr)  # noqa: T201 - a command
    decoder = Idle(stream_decoder(zbar))
    wanted = _wanted(asked)
    is_invited = asked.pair == BY_CAMERA or (needs_pairing(wanted) and not asked.headless)
    gate = _gate_invited(asked, wanted, decoder) if is_invited else None
    # A gate with a window opens without a camera too: it has a keyboard, and tells what to do.
    frames = frames_of(asked.source, at_once=asked.headless)
    gate = gate or _gate(asked, wanted)
    if is_invited or wanted.pairing_code:
        _tell_pairing(asked.language, gate)
    if asked.headless:
        from scanner.gate.headless import run_headless

        run_headless(gate, frames, decoder)
    else:
        from scanner.window.loop import run_window

        run_window(gate, frames, decoder)
    return 0


def _tell_pairing(language: str, gate: Gate) -> None:
    from scanner.server.device import is_sealed

    print(say(language, "paired", gate=gate.place.get("name", "")), file=sys.stderr)  # noqa: T201 - a command
    if not is_sealed(gate.client.server):
        print(say(language, "token_not_sealed"), file=sys.stderr)  # noqa: T201 - a command


def _gate(asked: argparse.Namespace, wanted: Wanted) -> Gate:
    """Return the gate that the command line describes, without asking anybody anything."""
    from scanner.gate.authority_question import ask_in_terminal, gate_or_question
    from scanner.gate.gate import gate_for

    if asked.headless:
        return gate_for(wanted)
    if sys.stdin is not None and sys.stdin.isatty():
        return gate_or_question(wanted, ask_in_terminal)
    from scanner.window.authority_window import ask_in_window

    return gate_or_question(wanted, ask_in_window)


def _gate_invited(asked: argparse.Namespace, wanted: Wanted, decoder: Decoder) -> Gate:
    """Return the gate of a pairing QR or a typed code; the window asks again after a wrong code."""
    from scanner.core.errors import PairingRefused
    from scanner.gate.gate import gate_for

    if asked.headless:
        return gate_for(_invited(asked, wanted, decoder, ""))
    from scanner.gate.authority_question import gate_or_question
    from scanner.window.authority_window import ask_in_window

    refused = ""
    while True:
        invited = _invited(asked, wanted, decoder, refused)
        try:
            return gate_or_question(invited, ask_in_window)
        except PairingRefused:
            refused = invited.pairing_code or ""


def _invited(asked: argparse.Namespace, wanted: Wanted, decoder: Decoder, refused: str) -> Wanted:
    """Return what the command line wants, completed by the code and server of a pairing QR."""
    from scanner.camera.steady import frames_of
    from scanner.gate.pairing import invitation_seen

    frames = frames_of(asked.source, at_once=asked.headless)
    if asked.headless:
        invitation = invitation_seen(frames, decoder)
        frames.close()
    else:
        from scanner.window.pairing_window import invitation_shown

        may_type = bool(wanted.server)
        invitation = invitation_shown(
            frames, decoder, asked.language, may_type=may_type, refused=refused
        )
    return replace(
        wanted,
        server=wanted.server or invitation.server,
        pairing_code=invitation.code,
        # An option of the command line has precedence over the QR.
        fingerprint=wanted.fingerprint or invitation.fingerprint,
    )


def _wanted(asked: argparse.Namespace) -> Wanted:
    from scanner.gate.gate import Wanted

    return Wanted(
        server=asked.server or "",
        pairing_code=asked.pair or None,
        token=_token(asked),
        name=asked.name,
        language=asked.language,
        type=asked.type,
        spool=asked.spool,
        cafile=asked.cafile,
        fingerprint=asked.fingerprint,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_called_by(), description="Scan badges at a gate, or read QR codes in images."
    )
    parser.add_argument("--version", action="version", version=f"marhaba-scanner {VERSION}")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--server", metavar="URL", help="the event's server; a pairing QR names it too"
    )
    what.add_argument("--decode", metavar="IMAGE", nargs="+", help="print a JSON line an image")
    who = parser.add_mutually_exclusive_group()
    who.add_argument(
        "--pair",
        metavar="CODE",
        nargs="?",
        const=BY_CAMERA,
        help="pairing code of a gate, needed once; without CODE the camera looks for its QR",
    )
    who.add_argument(
        "--token-file",
        metavar="FILE",
        dest="token",
        type=_token_in,
        help="a file with the device token, instead of a pairing; or set MARHABA_TOKEN",
    )
    who.add_argument("--token", help="the token itself: this machine's other users can read it")
    parser.add_argument(
        "--source",
        metavar="INDEX|FILE|URL|FOLDER",
        default="0",
        help="camera number, video, image, folder of images or http address (default: 0)",
    )
    parser.add_argument("--headless", action="store_true", help="JSON lines instead of a window")
    parser.add_argument(
        "--set-aside", action="store_true", help="list the scans that the server will never take"
    )
    parser.add_argument("--language", choices=LANGUAGES, default=DEFAULT_LANGUAGE)
    parser.add_argument("--name", help="this device's name (default: the computer's)")
    parser.add_argument("--type", choices=[str(d) for d in Direction], default=str(Direction.ENTRY))
    parser.add_argument("--spool", metavar="DIR", type=Path, help="where waiting scans are kept")
    parser.add_argument(
        "--cafile",
        metavar="PEM",
        type=Path,
        help="believe the certificates in this file, and no others",
    )
    parser.add_argument(
        "--fingerprint",
        metavar="SHA256",
        type=_fingerprint,
        help="of the server's own authority, which is believed from then on; a pairing QR tells it",
    )
    return parser


def _called_by() -> str:
    installed = "marhaba-scanner"
    return installed if Path(sys.argv[0]).stem == installed else "python -m scanner"


def _fingerprint(text: str) -> str:
    whole = fingerprint_typed(text)
    if whole is None:
        raise argparse.ArgumentTypeError("a fingerprint has 64 hexadecimal digits")
    return whole


def _token(asked: argparse.Namespace) -> str | None:
    """Return the device's token; the environment's where the command line says nothing."""
    if asked.pair or asked.token:
        token: str | None = asked.token
        return token
    return os.environ.get("MARHABA_TOKEN") or None


def _token_in(file: str) -> str:
    try:
        token = Path(file).read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise argparse.ArgumentTypeError(f"{file} cannot be read: {fault}") from None
    if not token:
        raise argparse.ArgumentTypeError(f"{file} is empty: write the device's token into it")
    return token


@contextlib.contextmanager
def _libraries() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise LibraryMissing(detail=error) from error


def _utf8_output() -> None:
    # Windows consoles would otherwise fail on Arabic names.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
