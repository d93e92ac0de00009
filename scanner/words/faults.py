"""Sentences about faults, each under the `code` of its exception; they say what to do."""

from __future__ import annotations

from checkin.words.catalogues import msgid

FAULTS = {
    "no_camera": msgid(
        "Camera {source} does not open. Plug it in, close the programs that use it, or "
        "choose another one: --source 1."
    ),
    "camera_in_use": msgid(
        "Another program uses camera {source}. Close it (video calls, browser) or choose "
        "another camera."
    ),
    "camera_denied": msgid(
        "This account may not open camera {source}. Allow it in the settings; on Linux "
        "add the account to the group video."
    ),
    "camera_lost": msgid(
        "Camera {source} gives no more pictures. Plug it in again: it comes back by "
        "itself. The scans are kept."
    ),
    "source_missing": msgid(
        "{source} does not exist. Give --source a camera number, a file, a folder of "
        "images or an http address."
    ),
    "source_unreadable": msgid(
        "No readable picture in {source}. Check that it is a video or images."
    ),
    "no_display": msgid(
        "No screen: start the scanner from the computer's desktop, or add --headless for "
        "JSON lines without a window."
    ),
    "library_missing": msgid(
        "A library is missing ({detail}). Run: pip install --no-deps --require-hashes -r "
        "requirements-scanner.txt; on Debian and Ubuntu also: apt-get install libgl1 "
        "libglib2.0-0."
    ),
    "bad_server": msgid(
        "{server} is not a server's address. Example: --server https://192.168.1.10:8443"
    ),
    "no_cafile": msgid("The certificate {cafile} does not exist. Copy it from the server."),
    "not_paired": msgid(
        "This computer is not paired with a gate yet. Ask the organiser for a code and "
        "add --pair CODE."
    ),
    "key_store_closed": msgid(
        "The key store of this computer does not give the token of this gate. Unlock it and "
        "start again, or ask the organiser for a code and add --pair CODE."
    ),
    "several_servers": msgid(
        "This computer knows several servers: add --server and one of them ({servers})."
    ),
    "pairing_refused": msgid(
        "This pairing code is not valid, or no longer (it works once, for ten minutes). "
        "Ask the organiser for another one."
    ),
    "spool_unwritable": msgid(
        "Scan NOT saved: the disk cannot be written ({detail}). Free some space or "
        "choose another folder with --spool, then scan again."
    ),
    "spool_damaged": msgid(
        "Scan NOT saved: what this gate keeps on its disk is damaged ({detail}). Quit and start "
        "again: what can still be read is saved, then scan again."
    ),
    "memory_lost": msgid(
        "What this gate kept on its disk was damaged. Scans saved out of it: {count}; others that "
        "were not sent may be missing. Tell the organiser, and scan on."
    ),
    "unreachable": msgid("The server {server} does not answer. Check the network and the address."),
    "answered_by_another": msgid(
        "Something else answers in the server's place: check the network (sign-in page, proxy, "
        "another computer that has its address). Scan on: everything is kept here."
    ),
    "other_scheme_answers": msgid(
        "Marhaba does not answer at {server}, but at {other}: use that address if the "
        "organiser shows the same one."
    ),
    "certificate_refused": msgid(
        "The certificate of {server} is not trusted. Pair this computer with the "
        "organiser's QR, or add --fingerprint SHA256 or --cafile FILE."
    ),
    "certificate_not_of_cafile": msgid(
        "The file {cafile} does not vouch for the certificate of {server}. Ask the "
        "organiser for the right file, or leave out --cafile and pair with their QR."
    ),
    "certificate_changed": msgid(
        "The certificate of {server} is not the one that this computer learned when it "
        "was paired. Tell the organiser, then pair again with their QR."
    ),
    "certificate_of_other_name": msgid(
        "The server's certificate is not about the address {server}. Use the one that "
        "the organiser shows (python -m checkin doctor says which it is about)."
    ),
    "certificate_out_of_date": msgid(
        "By this computer's clock the certificate of {server} is not valid today. Set "
        "the computer's date, then start again."
    ),
    "authority_refused": msgid(
        "{server} does not show the organiser's certificate (expected: {check}). Nothing "
        "was sent to it. Check the address and the network, and tell the organiser."
    ),
    "fingerprint_without_tls": msgid(
        "A fingerprint protects nothing at the address {server}: use the https address, "
        "or leave out --fingerprint."
    ),
    "token_refused": msgid(
        "This device is no longer allowed. Ask the organiser for a code and pair it "
        "again with --pair CODE; the waiting scans are kept."
    ),
    "come_later": msgid("The server takes the scans of other gates first; this gate's are next."),
    "list_not_ready": msgid("The server is preparing the gate list. It comes in a moment."),
    "not_known_yet": msgid("The hub does not know this person yet: this gate's list decides."),
    "not_known_any_more": msgid(
        "The server's records were put back, and it does not know this gate any more. Scan on: "
        "everything is kept here. The organiser takes this gate back on the Devices page."
    ),
    "wipe_failed": msgid(
        "Device revoked, but its disk did not let everything be erased ({detail}). Do "
        "not use this computer any more and bring it to the organiser."
    ),
    "wiped": msgid(
        "Device revoked: list, token and names are erased from this computer. Scans not "
        "sent yet, kept here: {count}. Bring the computer to the organiser."
    ),
    "asked_too_often": msgid(
        "Too many tries on this device. Wait {minutes} min, or send the person to another gate."
    ),
    "rejected": msgid(
        "The server could not read this scan ({detail}). It is set aside: tell the organiser."
    ),
    "list_refused": msgid(
        "The list received is not the event's ({objection}): it is ignored and the one "
        "at hand stays. Tell the organiser."
    ),
}
