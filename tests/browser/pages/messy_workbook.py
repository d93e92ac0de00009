"""A list as delegations send them: a workbook that grew by many hands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from checkin.services.lifecycle.demo_names import FAMILY_NAMES, GIVEN_NAMES

CATEGORIES = ("Participant", "Élu", "Militante", "Presse", "Invité", "Organisation")
#: the first one is written in several ways
DELEGATIONS = ("Khémisset", "Rabat", "Salé", "Tanger", "Fès")
_SPELLINGS = ("Khémisset", "KHEMISSET", "khémisset ")
TITLES = ("RENCONTRE RÉGIONALE : LISTE DES PARTICIPANTS", "لائحة المشاركين في اللقاء الجهوي")
#: an Excel day, and one that was typed as a date
_FIRST_DAY, _DAY_ZERO = 46_300, date(1899, 12, 30)
_EAST = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
#: what is wrong with the list: a telephone whose last digits a spreadsheet has lost
LOST_DIGITS, FOUND_AGAIN = "6.12E+08", "0612000007"
_HIDDEN = 3


def telephone(number: int) -> str | int | float:
    """Return a mobile telephone in one of twelve ways in which people write it."""
    local = f"{12_000_000 + number:08}"
    pairs = [local[at : at + 2] for at in range(0, 8, 2)]
    ways: Sequence[str | int | float] = (
        f"06{local}",
        " ".join(["06", *pairs]),
        "-".join(["06", *pairs]),
        ".".join(["06", *pairs]),
        f"+2126{local}",
        f"+212 6 {' '.join(pairs)}",
        f"002126{local}",
        f"+212 (0)6{local}",
        int(f"6{local}"),
        float(f"6{local}"),
        f"06{local}".translate(_EAST),
        f"(06) {'-'.join(pairs)}",
    )
    return ways[number % len(ways)]


def write_messy_workbook(file: Path, people: int) -> None:
    """Write a workbook of `people` whom one reads in it; one of their telephones is spoiled.

    Two sheets with titles over the headings, one in French and one in Arabic, sums at their ends,
    telephones in twelve ways, days as numbers and as dates, and hidden rows of people who are not
    counted.
    """
    workbook = Workbook()
    french, arabic = workbook.active, workbook.create_sheet("الرباط")
    french.title = "Liste générale"
    first = people * 3 // 5
    _write_french(french, range(first))
    _write_arabic(arabic, range(first, people))
    # Who has withdrawn is hidden, and not struck out.
    for at in range(people, people + _HIDDEN):
        french.append(_french(at))
        french.row_dimensions[french.max_row].hidden = True
    french.append(["", "TOTAL", "", "", "", first, "", ""])
    arabic.append(["المجموع", "", "", people - first, ""])
    workbook.save(file)


def _write_french(sheet: Worksheet, numbers: range) -> None:
    for title in (
        "RENCONTRE RÉGIONALE : LISTE DES PARTICIPANTS",
        "لائحة المشاركين في اللقاء الجهوي",
    ):
        _title(sheet, title, 8)
    sheet.append(
        [
            *("N°", "Nom et prénom", "Nom en arabe", "Délégation", "Qualité"),
            *("N° GSM", "Adresse e-mail", "Inscrit le"),
        ]
    )
    for number in numbers:
        sheet.append(_french(number))
    spoiled = next(sheet.iter_rows(min_row=sheet.min_row + 10, max_row=sheet.min_row + 10))
    spoiled[5].value = LOST_DIGITS


def _french(number: int) -> list[object]:
    (given, given_ar), (family, family_ar) = _names(number)
    inscribed: object = _FIRST_DAY + number % 60
    if number % 2:
        inscribed = _DAY_ZERO + timedelta(days=_FIRST_DAY + number % 60)
    return [
        number + 1,
        f"{given} {family}",
        f"{given_ar} {family_ar}" if number % 3 else "",
        _delegation(number),
        CATEGORIES[number % len(CATEGORIES)],
        telephone(number),
        f"Personne{number}@Example.ORG" if number % 10 else "",
        inscribed,
    ]


def _write_arabic(sheet: Worksheet, numbers: range) -> None:
    _title(sheet, "لائحة المشاركين: الرباط ونواحيها", 5)
    sheet.append(["الاسم الكامل", "الوفد", "الصفة", "الهاتف", "البريد الإلكتروني"])
    for number in numbers:
        (_given, given), (_family, family) = _names(number)
        sheet.append(
            [
                f"{given} {family}",
                _delegation(number),
                CATEGORIES[number % len(CATEGORIES)],
                telephone(number),
                f"personne{number}@example.org",
            ]
        )


def _title(sheet: Worksheet, text: str, width: int) -> None:
    sheet.append([text])
    row = sheet.max_row
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
    sheet.cell(row, 1).font = Font(bold=True, size=16)


def _names(number: int) -> tuple[tuple[str, str], tuple[str, str]]:
    given, family = number % len(GIVEN_NAMES), number // len(GIVEN_NAMES)
    return GIVEN_NAMES[given], FAMILY_NAMES[family]


def _delegation(number: int) -> str:
    at = number % len(DELEGATIONS)
    return DELEGATIONS[at] if at else _SPELLINGS[number % len(_SPELLINGS)]
