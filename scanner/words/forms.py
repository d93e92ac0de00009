"""Sentences and labels of the window's forms."""

from __future__ import annotations

from checkin.words.catalogues import msgid

FORMS = {
    "form_code": msgid("Type a code"),
    "form_search": msgid("Search for a participant"),
    "form_override": msgid("Supervisor's override"),
    "form_walk_in": msgid("Register a walk-in"),
    "form_camera": msgid("Choose the camera"),
    "field_code": msgid("Code"),
    "field_name": msgid("Name"),
    "field_pin": msgid("Supervisor's PIN"),
    "field_reason": msgid("Reason"),
    "field_delegation": msgid("Delegation"),
    "camera_number": msgid("Camera {number}"),
    "form_keys": msgid("Enter: confirm · Tab: next field · arrows: choose · Esc: close"),
    "asking": msgid("One moment…"),
    "three_letters": msgid("Type at least three letters of the name"),
    "found": msgid("Found: {count}"),
    "found_nobody": msgid("Nobody of this name. Try another spelling."),
    "code_wrong": msgid("This code is not right: check each letter and try again"),
    "no_pins": msgid(
        "Nobody has a PIN yet, so nobody can override. An organiser makes supervisors' PINs on "
        "the page “PINs for overrides”."
    ),
    "pin_refused": msgid("PIN refused: ask the supervisor to type it"),
    "possible_duplicate": msgid(
        "Somebody of this name is registered. Enter again: register anyway."
    ),
    "desk_rejected": msgid("The server does not take this request ({detail})"),
    "search_offline": msgid(
        "Searching needs the network: without it this list opens only with a badge. Type "
        "the code under the QR (T)."
    ),
    "override_offline": msgid(
        "An override needs the network: only there is the PIN checked. Wait, or send the "
        "person to a gate that is online."
    ),
    "walk_in_offline": msgid(
        "Without the network this gate lets in only on the places that it was lent."
    ),
    "walk_in_kept": msgid(
        "No lent place left here: kept, NOT let in. Once the network is back: W, Enter. "
        "Else a gate online."
    ),
    "walk_in_draft": msgid("The network is back. Enter: register this person."),
    "drafts_unsent": msgid("Registrations wait for the network and would be lost. Q again: quit."),
    "nothing_to_override": msgid("Scan the refused badge first"),
    "no_cameras": msgid("No camera found: plug one in"),
    "status_confirmed": msgid("confirmed"),
    "status_reserve": msgid("reserve list"),
    "status_canceled": msgid("cancelled"),
    "status_blocked": msgid("■ blocked"),
}
