"""The design of printed badges that a form asks for."""

from __future__ import annotations

from typing import cast, get_args

from flask import request

from badges.pdf import Design
from checkin.errors import InvalidRequest


def asked_design(usual: Design = "sheet") -> Design:
    """Return the design that the form asks for.

    Args:
        usual: where it asks for none.

    Raises:
        InvalidRequest: there is no such design.
    """
    design = request.form.get("design", usual)
    if design not in get_args(Design):
        raise InvalidRequest("choose one of the designs")
    return cast(Design, design)
