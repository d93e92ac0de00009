"""Lines of a list that are no entries: sums, repeated headings, notes and signatures at its end.

They are proposed to be left out, and whoever uploads the list decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from statistics import median_low

from checkin.domain.common.names import fold_name

_SUMS = (
    *("total", "totaux", "total général", "sous-total", "grand total", "somme"),
    *("sommes", "sum", "subtotal", "effectif total", "nombre total", "ensemble", "cumul"),
    *("المجموع", "مجموع", "المجموع العام", "المجموع الكلي", "الإجمالي", "إجمالي", "الحاصل"),
    *("العدد الإجمالي", "العدد الكلي"),
)
_REMARKS = (
    *("nb", "n.b.", "note", "notes", "nota", "remarque", "remarques", "observation", "signature"),
    *("signatures", "signé", "cachet", "visa", "fait à", "fait le", "arrêté la", "arrêtée la"),
    *("le président", "la présidente", "le secrétaire", "le responsable", "le coordinateur"),
    *("la présente liste", "signed", "source", "légende"),
    *("ملاحظة", "ملاحظات", "توقيع", "التوقيع", "الإمضاء", "إمضاء", "حرر", "ختم", "الخاتم"),
    *("الرئيس", "رئيس", "الكاتب", "المسؤول", "المنسق", "حصرت هذه اللائحة"),
)
_SUM_WORDS = frozenset(map(fold_name, _SUMS))
_REMARK_WORDS = tuple(map(fold_name, _REMARKS))
_SEPARATORS = re.compile(r"[\s.,%]")
#: lines at the end of a list that are looked at
_MOST_AT_END = 15
#: letters of a cell that are looked at, which each row has and strangers may fill without end
_LOOKED_AT = 60


class ExtraLine(StrEnum):
    """Why a line is taken for no entry of the list."""

    SUM = "sum"
    HEADINGS = "headings"
    REMARK = "remark"


def extra_lines(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping[int, ExtraLine]:
    """Return the positions of the rows that are no entries, with the reason.

    Args:
        headings: the cells of the line of headings.
        rows: the cells under it, blank rows left out.
    """
    repeated = _folded(headings)
    found: dict[int, ExtraLine] = {}
    for at, cells in enumerate(rows):
        if is_sum(cells):
            found[at] = ExtraLine.SUM
        elif len(repeated) > 1 and cells[:1] == headings[:1] and _folded(cells) == repeated:
            found[at] = ExtraLine.HEADINGS
    usual = _usual_width([row for at, row in enumerate(rows) if at not in found])
    for at in range(len(rows) - 1, max(-1, len(rows) - 1 - _MOST_AT_END), -1):
        if at in found:
            continue
        if not _is_remark(rows[at], usual):
            break
        found[at] = ExtraLine.REMARK
    return dict(sorted(found.items()))


def is_sum(cells: Sequence[str]) -> bool:
    """Say whether a row is a sum: its first words say so, and it names nobody."""
    written = [cell for cell in cells if cell.strip()]
    first = next((cell for cell in written if not _is_number(cell)), "")
    if not _begins_as_sum(first):
        return False
    # A person called Total would have more than numbers beside the name.
    return all(_is_number(cell) for cell in written if cell != first)


def _begins_as_sum(text: str) -> bool:
    folded = fold_name(text[:_LOOKED_AT])
    if folded in _SUM_WORDS:
        return True
    head, _colon, rest = text.partition(":")
    return _is_number(rest) and fold_name(head) in _SUM_WORDS


def _is_remark(cells: Sequence[str], usual: int) -> bool:
    written = [cell for cell in cells if cell.strip()]
    if not written:
        return True
    folded = fold_name(written[0][:_LOOKED_AT])
    words = (word for word in _REMARK_WORDS if folded == word or folded.startswith(word + " "))
    if next(words, None):
        return len(written) < max(usual, 2)
    # A single long sentence under a list of several columns.
    return len(written) == 1 and usual > 1 and (len(written[0]) > 40 or written[0][:1] in "*(")


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    widths = [sum(1 for cell in cells if cell.strip()) for cells in rows]
    return median_low(widths) if widths else 0


def _folded(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(folded for cell in cells if (folded := fold_name(cell)))


def _is_number(text: str) -> bool:
    return _SEPARATORS.sub("", text).isdecimal()
