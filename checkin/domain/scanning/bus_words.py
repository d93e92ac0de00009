"""What is said of a bus at a gate, the same on the scan page and in the window."""

from __future__ import annotations

from checkin.words.catalogues import msgid, translated

BUS_WORDS = {
    "bus_title": msgid("Bus: {name}"),
    "bus_find": msgid("Who is missing? Type letters of the name"),
    "bus_keys": msgid("Arrows: choose · Space: here or missing · Enter: let in · Esc: close"),
    "bus_keys_after": msgid("Z: undo the whole bus · Enter: close"),
    "bus_here": msgid("here"),
    "bus_missing": msgid("missing"),
    "bus_is_in": msgid("in already"),
    "bus_let_in": msgid("Let in: {count}"),
    "bus_letters": msgid(
        "Nobody was let in yet. Space takes out the person who is marked; Enter lets the others in "
        "once no letters are left."
    ),
    "bus_going": msgid("Letting in: {done} of {count}"),
    "bus_result": msgid("In: {let_in} · in already: {already} · refused: {refused}"),
    "bus_none_refused": msgid("Nobody was refused."),
    "bus_undo": msgid("Undo the whole bus"),
    "bus_undo_again": msgid("Undo the entries of this bus ({count})? Press once more to confirm"),
    "bus_undone": msgid("Undone: {count} of {all}"),
    "bus_undo_offline": msgid("Not undone: the server does not answer. Try again."),
    "bus_not_opened": msgid("The list of this bus cannot be opened now. Scan each badge."),
    "bus_pin": msgid("A supervisor's PIN lets this bus in"),
    "bus_open": msgid("Open the list"),
    "bus_found": msgid("Bus: {name} · people: {count}"),
}


def bus_words(language: str) -> dict[str, str]:
    """Return the sentences in a language by their keys, their places still open."""
    return {key: translated("device", language, said) for key, said in BUS_WORDS.items()}
