"""A checkout without compiled catalogues starts, in every way to start it."""

from __future__ import annotations

import json
import os
import signal
import subprocess

import pytest
import requests

from tests.support import factories
from tests.support.servers.server_process import free_port
from tests.support.waiting import wait_for
from tests.words.checkouts import Checkout, locked
from tests.words.reading import messages_in

FRENCH = "fr/LC_MESSAGES/pages.mo"
#: what the page where one signs in says in each language, and in no other
SAID = {"fr": "Mot de passe", "ar": "كلمة السر", "en": "Password"}
BY_WSGI = """
import json
from wsgi import app
browser = app.test_client()
print(json.dumps({lang: browser.get(f"/login?lang={lang}").text for lang in ("fr", "ar", "en")}))
"""


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    return Checkout(tmp_path / "checkout")


@pytest.fixture
def environ(sqlite_databases, tmp_path):
    """The environment of somebody who has set a home, and nothing else of ours."""
    home = tmp_path / "home"
    home.mkdir()
    with sqlite_databases.fresh(home) as url:
        others = {key: value for key, value in os.environ.items() if key[:8] != "CHECKIN_"}
        yield {
            **others,
            "CHECKIN_HOME": str(home),
            "CHECKIN_DATABASE_URL": url,
            "CHECKIN_MASTER_KEY": factories.MASTER_KEY.hex(),
            "CHECKIN_MDNS": "off",
        }


def ended(process: subprocess.Popen[str]) -> str:
    """Return what a process printed that ended well."""
    printed, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return printed


def languages(pages: dict[str, str]) -> dict[str, set[str]]:
    """Return in which languages each page speaks."""
    return {asked: {of for of in SAID if SAID[of] in page} for asked, page in pages.items()}


def reword(checkout: Checkout) -> None:
    """Change a French sentence as a pull may: the file gets an older time than what is compiled."""
    written = checkout.translations / "fr" / "LC_MESSAGES" / "pages.po"
    text = written.read_text("utf-8")
    assert text.count(f'msgstr "{SAID["fr"]}"') == 1
    written.write_text(text.replace(f'msgstr "{SAID["fr"]}"', 'msgstr "Le mot secret"'), "utf-8")
    os.utime(written, (0, 0))


EACH_IN_ITS_OWN = {language: {language} for language in SAID}


def test_a_wsgi_server_compiles_and_serves_each_language(checkout, environ):
    pages = json.loads(ended(checkout.begin(["-c", BY_WSGI], environ)))

    assert languages(pages) == EACH_IN_ITS_OWN
    assert checkout.compiled == checkout.catalogues


def test_two_servers_that_start_at_once_serve_each_language(checkout, environ):
    both = [checkout.begin(["-c", BY_WSGI], environ) for _ in range(2)]

    assert [languages(json.loads(ended(one))) for one in both] == [EACH_IN_ITS_OWN] * 2
    assert checkout.compiled == checkout.catalogues


@pytest.mark.parametrize(
    "command",
    [["-m", "checkin", "run"], ["-m", "flask", "--app", "wsgi", "run"]],
    ids=["run", "flask"],
)
def test_a_server_compiles_and_serves_each_language(checkout, environ, tmp_path, command):
    address, log = f"http://127.0.0.1:{(port := free_port())}", tmp_path / "log"
    process = checkout.begin([*command, "--port", str(port)], environ, log)

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return requests.get(f"{address}/healthz", timeout=5).ok
        except requests.ConnectionError:
            return False

    try:
        wait_for(answers, address, 120)
        pages = {
            language: requests.get(f"{address}/login?lang={language}", timeout=10).text
            for language in SAID
        }
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)

    assert languages(pages) == EACH_IN_ITS_OWN
    assert checkout.compiled == checkout.catalogues


def test_a_sentence_that_was_changed_is_served_at_the_next_start(checkout, environ):
    ended(checkout.begin(["-m", "checkin.words.compiled"], environ))
    assert checkout.compiled == checkout.catalogues
    reword(checkout)

    pages = json.loads(ended(checkout.begin(["-c", BY_WSGI], environ)))

    assert "Le mot secret" in pages["fr"]


def test_setting_up_compiles_what_is_missing_or_of_another_text(checkout, environ):
    checkout.install_nothing()

    first = checkout.shell("script/setup", environ)
    assert (first.returncode, first.stderr) == (0, "")
    assert checkout.compiled == checkout.catalogues
    before = (checkout.translations / FRENCH).read_bytes()
    reword(checkout)
    again = checkout.shell("script/setup", environ)

    assert (again.returncode, again.stderr) == (0, "")
    after = messages_in((checkout.translations / FRENCH).read_bytes())
    assert messages_in(before)["Password"] == SAID["fr"]
    assert after["Password"] == "Le mot secret"


def test_a_checkout_that_cannot_be_written_serves_each_language(checkout, environ):
    with locked(checkout.translations):
        pages = json.loads(ended(checkout.begin(["-c", BY_WSGI], environ)))

    assert languages(pages) == EACH_IN_ITS_OWN
    assert checkout.compiled == []


def test_control_without_the_compiled_catalogues_all_is_english(checkout, environ):
    """What Flask-Babel does by itself with a folder in which nothing is compiled."""
    pages = checkout.folder / "checkin" / "web" / "registrar.py"
    text = pages.read_text("utf-8")
    assert text.count("babel.domain_instance = Words()") == 1
    pages.write_text(text.replace("babel.domain_instance = Words()", ""), "utf-8")

    said = json.loads(ended(checkout.begin(["-c", BY_WSGI], environ)))

    assert languages(said) == {language: {"en"} for language in SAID}


@pytest.mark.parametrize(
    "command", [["-m", "checkin", "run"], ["-m", "checkin.words.compiled"]], ids=["run", "setup"]
)
def test_a_broken_catalogue_is_one_sentence_and_nothing_starts(checkout, environ, command):
    written = checkout.translations / "ar" / "LC_MESSAGES" / "pages.po"
    text = written.read_text("utf-8")
    written.write_text(text.replace("\n\n", "\n<<<<<<< HEAD\n", 1), "utf-8")
    process = checkout.begin(command, environ)

    printed, errors = process.communicate(timeout=120)

    line = text[: text.index("\n\n")].count("\n") + 2
    reason = f"line {line} is neither an entry nor a comment"
    assert process.returncode == 1
    assert printed == ""
    assert errors == f"error: {written} cannot be compiled: {reason}\n"
