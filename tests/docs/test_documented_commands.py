"""The commands of README and docs are typed as they stand there, page by page, in their order."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from PIL import Image

from tests.docs.pages import Command, blocks_of, commands_in, commands_of, pages
from tests.docs.shell import Shell
from tests.modes.camera import film
from tests.scanner.decode.pictures import qr
from tests.support.servers.server_process import ROOT

#: commands that no test can type here, why not, and what shows that they are right all the same
ELSEWHERE = {
    r"script/test": ("it is what runs this", "script/proof"),
    r"\.venv/bin/python -m checkin\.words\.(extraction|compiled)": (
        "changes the catalogues of the checkout",
        "tests/words/test_changing_a_sentence.py",
    ),
    r"script/proof fuzz.*": ("takes minutes", "tests/fuzzing/test_fuzzing.py"),
    r"script/proof -m twin": ("takes minutes", "tests/test_runs_on_postgresql.py"),
    r"script/audit.*": ("asks a service of the Internet", "tests/test_audit.py"),
    r"script/sbom": ("writes into the checkout", "tests/packaging/test_sbom.py"),
    r"script/proof mutants.*": ("takes minutes to hours", "tests/test_mutants_script.py"),
    r"brew install .*|py -m venv \.venv": (
        "macOS and Windows, not tried: README says so",
        "README.md",
    ),
    r"\.venv/bin/python -m pip install .*": (
        "needs the package index",
        "tests/packaging/test_setup.py",
    ),
    r"script/setup && .* pip wheel .*|python3 -m venv ~/marhaba|~/marhaba/bin/.*": (
        "builds and installs the wheel into the reader's home",
        "tests/packaging/test_wheel.py",
    ),
    r"apt-get install .*": ("changes the machine", "script/setup"),
    r"python3 -m venv /srv/.*|/srv/\S+/(pip install|python -m pip) .*": (
        "needs the wheel, and writes into /srv",
        "tests/modes/installed_wheel.py",
    ),
    r"sudo deploy/install .*": ("changes the machine", "script/systems/server_install.py"),
    r"deploy/compose .*": ("writes into the checkout", "tests/deploy/test_compose.py"),
    r"docker compose .*": ("needs Docker and its registry", "tests/deploy/test_compose.py"),
    r"sudo -u postgres .*": ("the machine's own PostgreSQL", "tests/modes/behind_nginx.py"),
    r"python -m checkin run --workers 4": ("needs PostgreSQL", "tests/cli/serving/test_workers.py"),
    r"\.venv/bin/node .*": (
        "needs the checkout and what npm installs",
        "tests/javascript/test_unit_tests.py",
    ),
    r"python -m checkin badges bounces": ("needs a mailbox", "tests/services/mail/test_bounces.py"),
}
#: commands that go on until Ctrl-C, besides `run`
GOES_ON = r".* badges send --stay"
#: pages that begin with nothing; all others with the demo
FROM_NOTHING = {"README.md", "docs/CONTRIBUTING.md", "docs/operating.md", "docs/commands.md"}
SETS_ITS_ADDRESS = FROM_NOTHING
#: all others are about a server that is set up, and known by its address
SET_UP = {"CHECKIN_BASE_URL": "https://checkin.example.org"}
#: exit codes other than 0 that are right
CODES = {
    r".* doctor": {0, 1},  # says what this machine lacks
}
#: the script is its commands and `script/setup`, but with fewer people
SERVER = (
    "python -m checkin init && python -m checkin demo --participants 40 --unless-other-events",
    "python -m checkin run",
)
#: stands for what a reader has to fill in
FILLED_IN = {"EMAIL": "admin@example.org", "412": "12", "413": "13"}
#: what lies in the folder where a page's commands are typed
PEOPLE = {
    "README.md": (["Nom", "Délégation", "Catégorie"], ["Salma Tazi", "Khémisset", "Élu"]),
    "docs/commands.md": (["Nom", "Catégorie", "E-mail"], ["Salma Tazi", "Élu", "s@example.org"]),
}
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="4"><path d="M0 0h9v4z"/></svg>'
PAGES = [page for page in pages() if commands_of(page)]


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory) -> Path:
    """The home of an installation with the demo, to be copied."""
    folder = tmp_path_factory.mktemp("demo")
    shell = Shell(folder)
    done = shell.type(SERVER[0])
    assert done.code == 0, done.printed
    return folder / "var"


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_work_in_its_order(page, demo_home, tmp_path):
    home = None if page in FROM_NOTHING else demo_home
    shell = Shell(tmp_path, home, **({} if page in SETS_ITS_ADDRESS else SET_UP))
    lay_out(page, tmp_path)
    try:
        for block in blocks_of(page, "sh"):
            for command in commands_in(block):
                if not is_elsewhere(command):
                    type_it(shell, command)
            well_ended(shell)
    finally:
        shell.end_what_goes_on()


def is_elsewhere(command: Command) -> bool:
    return any(re.fullmatch(known, command.text) for known in ELSEWHERE)


def lay_out(page: str, folder: Path) -> None:
    """Put the files into the folder that the page's commands read."""
    workbook = openpyxl.Workbook()
    for row in PEOPLE.get(page, ()):
        workbook.active.append(row)
    workbook.save(folder / "people.xlsx")
    (folder / "logo.svg").write_text(LOGO)
    (folder / "phrase.txt").write_text("sept dattes et un thé\n", "utf-8")
    picture_of("BADGE").save(folder / "badge.png")


def picture_of(text: str) -> Image.Image:
    return Image.fromarray(qr(text)).convert("RGB")


def type_it(shell: Shell, command: Command) -> None:
    """Type one command of a page, filled in, and wait for its end or until it goes on."""
    text = command.text
    if text == "script/server":
        assert shell.type(SERVER[0]).code == 0
        text = SERVER[1]
    if re.fullmatch(r"\S+( -m checkin)? run\b.*", text):
        shell.serve(text if "--port" in text else f"{text} --port {shell.port}")
    elif re.fullmatch(GOES_ON, text):
        shell.begin(text)
    else:
        ended = shell.type(filled_in(shell, text))
        allowed = next((codes for known, codes in CODES.items() if re.fullmatch(known, text)), {0})
        assert ended.code in allowed, f"{command}\n{ended}"


def filled_in(shell: Shell, text: str) -> str:
    """Return a command as a reader types it, at a machine whose camera is a film."""
    for word, instead in FILLED_IN.items():
        text = re.sub(rf"\b{word}\b", instead, text)
    if " scanner " in f"{text} " or text.startswith("marhaba-scanner"):
        text = of_a_scanner(shell, text)
    return text


def of_a_scanner(shell: Shell, text: str) -> str:
    if not shell.is_serving:
        shell.serve(f"python -m checkin run --port {shell.port}")
    address = f"http://localhost:{shell.port}"
    text = re.sub(r"http://localhost:8000|\bURL\b", address, text)
    if "--decode" in text or "--set-aside" in text:
        return text
    text = text.replace(" --source 0", "")
    code = shell.pairing()
    seen = film(shell.folder / "gate.avi", [picture_of(f"{address}/scan#pair={code}")])
    return re.sub(r"\bCODE\b", code, text) + f" --headless --source {seen}"


def well_ended(shell: Shell) -> None:
    """Press Ctrl-C at the end of a block: what went on ends well."""
    for ended in shell.end_what_goes_on():
        # A terminal sends Ctrl-C to all processes: granian may see its worker end before its own.
        assert ended.code in (0, 130) or "Unexpected exit from worker" in ended.printed, ended
        assert "Traceback" not in ended.printed


def test_each_command_not_run_here_is_documented_and_tested_elsewhere():
    texts = [command.text for page in PAGES for command in commands_of(page)]
    stale = [known for known in ELSEWHERE if not any(re.fullmatch(known, one) for one in texts)]
    missing = [proof for _reason, proof in ELSEWHERE.values() if not (ROOT / proof).exists()]

    assert (stale, missing) == ([], [])
