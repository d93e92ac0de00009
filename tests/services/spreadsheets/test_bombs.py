"""Compression bombs are refused, or read, within a fixed memory."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

BOMBS = {
    "a gigabyte of zip": (
        """
        parts = {"xl/workbook.xml": b"<x/>"}
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", "<x/>")
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
                for _ in range(1024):
                    part.write(bytes(1 << 20))
        data = file.getvalue()
        """,
        "unpacked_too_large",
    ),
    "a hundred megabytes on one line": ("data = b'x' * 100_000_000", "file_too_large"),
    "thirty megabytes on one line": ("data = b'x' * 30_000_000", "line_too_long"),
    "a million columns": ("data = b'Nom,' * 1_000_000", "line_too_long"),
    "ten million empty lines": ("data = b'Nom\\n' + b'\\n' * 10_000_000", "too_many_rows"),
    "a million columns of a sheet": (
        "data = sheet(b'<row r=\"1\">' + b'<c><v>1</v></c>' * 1_000_000 + b'</row>')",
        "too_many_columns",
    ),
    "one tag of 150 megabytes": (
        "data = sheet(b'<row r=\"' + b'1' * 150_000_000 + b'\"/>')",
        "dangerous_xml",
    ),
    "tags without end": ("data = sheet(b'<a>' * 30_000_000)", "dangerous_xml"),
    "a new name for each tag": (
        "data = sheet(b''.join(b'<a%d/>' % n for n in range(3_000_000)))",
        "dangerous_xml",
    ),
    "one text for a million cells": (
        """
        cells = b'<row><c t="inlineStr"><is><t>' + b'x' * 900 + b'</t></is></c></row>'
        data = sheet(b'<row><c t="inlineStr"><is><t>Nom</t></is></c></row>' + cells * 210_000)
        """,
        "too_many_rows",
    ),
    "two thousand letters said six hundred thousand times": (
        """
        texts = b'<sst><si><t>Nom</t></si><si><t>' + b'x' * 2_000 + b'</t></si></sst>'
        cells = b'<c t="s"><v>1</v></c>' * 30
        rows = (b'<row><c t="s"><v>0</v></c></row>' + (b'<row>' + cells + b'</row>') * 20_000)
        data = sheet(rows, texts)
        """,
        None,
    ),
}
# Python with the reader needs some 60 MB; the biggest honest file some 300 MB more.
MEMORY_LIMIT = 640_000_000


@pytest.mark.skipif(sys.platform == "win32", reason="the limit on memory is a Unix one")
@pytest.mark.parametrize(("bomb", "reason"), BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_read_or_refused_within_a_fixed_memory(bomb, reason, tmp_path):
    making = textwrap.dedent(MAKING) + textwrap.dedent(bomb) + "\nopen(path, 'wb').write(data)\n"
    path = tmp_path / "bomb"
    subprocess.run([sys.executable, "-c", making, str(path)], check=True, timeout=120)

    reading = textwrap.dedent(READING)
    answer = subprocess.run(
        [sys.executable, "-c", reading, str(path), str(MEMORY_LIMIT)],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert answer.stdout.split() == [str(reason)]


MAKING = """
    import io, re, sys, zipfile
    import openpyxl
    path = sys.argv[1]

    RELATIONS = (
        b'<Relationships><Relationship Id="rId1" Type="x/worksheet" '
        b'Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" '
        b'Target="texts.xml"/></Relationships>'
    )

    def sheet(xml, texts=b"<sst/>"):
        saved, result = io.BytesIO(), io.BytesIO()
        openpyxl.Workbook().save(saved)
        with zipfile.ZipFile(saved) as old, zipfile.ZipFile(result, "w", 8) as new:
            for name in old.namelist():
                content = old.read(name)
                if name.endswith("sheet1.xml"):
                    content = b"<worksheet><sheetData>" + xml + b"</sheetData></worksheet>"
                if name.endswith("workbook.xml.rels"):
                    content = RELATIONS
                new.writestr(name, content)
            new.writestr("xl/texts.xml", texts)
        return result.getvalue()
"""
READING = """
    import resource, sys
    from pathlib import Path
    from checkin.domain.people.importing.unreadable import UnreadableFile
    from checkin.services.spreadsheets.reading import file_bytes, read_table
    limit = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    try:
        read_table(file_bytes(Path(sys.argv[1])), "bomb", delegation_required=False)
        print(None)
    except UnreadableFile as refused:
        print(refused.reason)
"""
