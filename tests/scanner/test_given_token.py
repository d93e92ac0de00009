"""The device's token comes from a file, the environment or, seen by everybody, the command line."""

from __future__ import annotations

import pytest

from scanner.__main__ import _parser, _wanted


def token(*arguments):
    return _wanted(_parser().parse_args(["--server", "http://localhost:1", *arguments])).token


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "token"
    file.write_text("from-the-file\n")
    return file


def test_a_file_or_the_environment_holds_the_token(file, monkeypatch):
    assert token() is None
    assert token("--token-file", str(file)) == "from-the-file"

    monkeypatch.setenv("MARHABA_TOKEN", "from-the-environment")
    assert token() == "from-the-environment"


def test_the_command_line_wins_over_the_environment(file, monkeypatch):
    monkeypatch.setenv("MARHABA_TOKEN", "from-the-environment")

    assert token("--token-file", str(file)) == "from-the-file"
    assert token("--token", "typed") == "typed"
    assert token("--pair", "ABCD2345") is None


@pytest.mark.parametrize("content", [None, b"", b"\xff"])
def test_a_file_without_a_token_is_refused_with_its_name(content, tmp_path, capsys):
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SystemExit):
        token("--token-file", str(file))

    assert f"--token-file: {file} " in capsys.readouterr().err
