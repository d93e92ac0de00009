"""Notices of the scanner: what it did, and what a person should know."""

from __future__ import annotations

from checkin.words.catalogues import msgid

REMARKS = {
    "list_stale": msgid("This gate's list is older than 30 minutes: check the network"),
    "clock_off": msgid("This computer's clock is more than a minute off: times are corrected"),
    "contradicted": msgid(
        "People let in offline whom the server objects to: {count}. Tell the organiser."
    ),
    "again": msgid("Part of a code, or misread: show the badge again"),
    "no_zbar": msgid(
        "Note: the zbar library is missing, reading goes on without it (Debian, Ubuntu: "
        "apt-get install --no-install-recommends libzbar0)."
    ),
    "no_raqm": msgid(
        "Note: libfribidi is missing, Arabic will look wrong (Debian, Ubuntu: apt-get "
        "install libfribidi0)."
    ),
    "scans_badges": msgid("Marhaba scans badges at a gate"),
    "may_sleep": msgid("This computer may go to sleep: switch that off in its settings."),
    "uploaded": msgid("Waiting scans sent: {count}"),
    "offered_again": msgid(
        "The server's records were put back: scans that it had before were sent again: {count}"
    ),
    "sent_again": msgid("Scans set aside that are sent again: {count}"),
    "still_waiting": msgid("Scans not sent yet: {count}. They will go at the next start."),
    "set_aside": msgid(
        "Scans rejected as unreadable and set aside: {count}. Tell the organiser; "
        "--set-aside lists them."
    ),
    "show_pairing": msgid("Show the camera the QR of the Devices page, or type the code: {typed}"),
    "show_pairing_qr": msgid("Show the camera the pairing QR of the Devices page (Esc: quit)"),
    "authority_same": msgid("Are these characters the organiser's?"),
    "authority_seen": msgid(
        "This computer does not know {server} yet. Compare these characters with those "
        "on the Devices page, beside the code. Nothing was sent yet."
    ),
    "authority_keys": msgid("Y: yes, the same · N: no"),
    "paired": msgid("Paired with gate {gate}."),
    "token_not_sealed": msgid(
        "This computer has no key store: this gate's token lies in a file that only you can read."
    ),
    "annulled": msgid("The scan of {name} was undone"),
    "nothing_to_annul": msgid("Nothing to undo"),
    "annul_refused": msgid("The scan of {name} was not undone: call a supervisor"),
    "annul_offline": msgid("The scan of {name} was not undone: the server does not answer"),
    "source_ended": msgid("End of the video"),
    "camera_back": msgid("The camera works again"),
    "sound_on": msgid("Sound on"),
    "sound_off": msgid("Sound off"),
}
