"""Sentences and labels of the window's forms."""

from __future__ import annotations

from checkin.domain.scanning.messages import BUDGET_USED_UP
from checkin.words.catalogues import msgid

FORMS = {
    "form_code": msgid("Type a code"),
    "form_search": msgid("Search for a participant"),
    "form_override": msgid("Supervisor's override"),
    "form_undo": msgid("Undo this scan?"),
    "form_admit": msgid("Let in without a badge"),
    "form_walk_in": msgid("Register a walk-in"),
    "form_meant": msgid("Do you mean somebody who is registered?"),
    "form_camera": msgid("Choose the camera"),
    "field_code": msgid("Code"),
    "field_sought": msgid("Name, phone or number"),
    "field_name": msgid("Name"),
    "field_phone": msgid("Phone"),
    "field_category": msgid("Category"),
    "field_name_ar": msgid("Name in Arabic"),
    "field_pin": msgid("Supervisor's PIN"),
    "field_reason": msgid("Reason"),
    "field_delegation": msgid("Delegation"),
    "camera_number": msgid("Camera {number}"),
    "form_keys": msgid("Enter: confirm · Tab: next field · arrows: choose · Esc: close"),
    "asking": msgid("One moment…"),
    "three_letters": msgid("Type at least three letters of the name"),
    "found": msgid("Found: {count}. Choose who is let in."),
    "found_for_badge": msgid("Found: {count}. Choose whose badge is printed."),
    "found_more": msgid("Shown: {count}. More of this name: {more}. Type more of it."),
    "search_budget": BUDGET_USED_UP,
    "search_not_allowed": msgid("This device may not search for names: ask an organiser."),
    "search_closed": msgid("Names are searched only while the doors are open: ask an organiser."),
    "found_nobody": msgid("Nobody of this name. Try another spelling."),
    "code_wrong": msgid("This code is not right: check each letter and try again"),
    "no_pins": msgid(
        "Nobody has a PIN yet, so nobody can override. An organiser makes supervisors' PINs on "
        "the page “PINs for overrides”."
    ),
    "pin_refused": msgid("PIN refused: ask the supervisor to type it"),
    "possible_duplicate": msgid("Choose who is let in, or the last line for another person."),
    "another_person": msgid("Another person: register them"),
    "usual_category": msgid("Usual category"),
    "walk_in_more": msgid("Optional, with Tab: phone, category, name in Arabic."),
    "phone_ending": msgid("tel. …{digits}"),
    "came_at": msgid("came in at {time}"),
    "pin_for_person": msgid(
        "Without a badge only a supervisor lets in: let one type their PIN, then Enter."
    ),
    "unanswered": msgid(
        "No answer from the server: keep this person here, then choose them once more."
    ),
    "desk_rejected": msgid("The server does not take this request ({detail})"),
    "form_badge": msgid("Print a new badge"),
    "badge_offline": msgid(
        "A new badge needs the server. Find the person and let them in without a badge."
    ),
    "form_new_badge": msgid("New badge: also by e-mail?"),
    "badge_without_mail": msgid("Print only: no e-mail goes to them"),
    "badge_with_mail": msgid("Print, and send it to them by e-mail, too"),
    "badge_replaced": msgid(
        "New badge for {name}: printed, without an e-mail. The old one is refused from now on."
    ),
    "badge_replaced_told": msgid(
        "New badge for {name}: printed, and sent to them, too. The old one is refused from now on."
    ),
    "badge_replaced_unreached": msgid(
        "New badge for {name}: printed. No e-mail can reach them. The old one is refused from now "
        "on."
    ),
    "pin_for_badge": msgid("A supervisor types their PIN for the new badge"),
    "no_help_desk": msgid(
        "This device is no help desk: an organiser makes it one on the page “Devices”."
    ),
    "desk_locked": msgid(
        "The list of people is locked until the server has answered once. Type the code under "
        "the QR (T)."
    ),
    "desk_budget": msgid(
        "This help desk has shown as many people offline as it may in an hour. Wait {minutes} min."
    ),
    "no_printer": msgid(
        "The old badge is refused now, and no printer here takes the new one. Connect one and "
        "print again (B), or print on another device."
    ),
    "search_offline": msgid(
        "Searching needs the network. Send whoever has no badge, bus leaders too, to the help "
        "desk, or type the code under the QR (T)."
    ),
    "override_offline": msgid(
        "An override needs the network: only there is the PIN checked. Wait, or send the "
        "person to a gate that is online."
    ),
    "walk_in_offline": msgid("Offline, this gate lets in only on its offline places."),
    "walk_in_kept": msgid(
        "No offline place left here: kept, NOT let in. Once the network is back: W, Enter. Else a "
        "gate online."
    ),
    "walk_in_draft": msgid("The network is back. Enter: register this person."),
    "drafts_unsent": msgid("Registrations wait for the network and would be lost. Q again: quit."),
    "undo_counts": msgid(
        "What it counted is taken off again. The organisers see which device undid it."
    ),
    "nothing_to_override": msgid("Scan the refused badge first"),
    "no_cameras": msgid("No camera found: plug one in"),
    "status_confirmed": msgid("confirmed"),
    "status_reserve": msgid("reserve list"),
    "status_canceled": msgid("canceled"),
    "status_blocked": msgid("■ blocked"),
}
