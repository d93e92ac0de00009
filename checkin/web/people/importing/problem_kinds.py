"""Kinds of problems in a few words, by which one chooses which rows of a list to look at."""

from __future__ import annotations

from flask_babel import gettext as _


def problem_kind(code: str) -> str:
    """Return what a problem is, without what it says of one row."""
    return _kinds().get(code) or str(_("cannot be read"))


def _kinds() -> dict[str, str]:
    asked = _("perhaps the same person")
    return {
        "missing_name": _("is missing"),
        "missing_delegation": _("is missing"),
        "missing_category": _("is missing"),
        "unknown_delegation": _("unknown"),
        "unknown_category": _("unknown"),
        "unknown_bus": _("unknown"),
        "unknown_flag": _("unknown"),
        "no_flags": _("unknown"),
        "full_bus": _("no free seat"),
        "leader_without_bus": _("is missing"),
        "other_delegation": _("another delegation"),
        "extra_cells": _("too many cells"),
        "too_long": _("too long"),
        "formula": _("a formula"),
        "taken": asked,
        "taken_in_file": asked,
        "same_name_in_file": asked,
        "spelt_like_registered": asked,
        "spelt_like_in_file": asked,
    }
