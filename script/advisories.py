"""Known weaknesses of packages: asked of OSV (https://google.github.io/osv.dev/api), or as stored.

`script/advisories.json` keeps what was answered last: when, about which packages, and what. A
package that it does not name was not asked about, and is never counted as good.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from pinned import Package

SERVICE = "https://api.osv.dev"
STORED = Path(__file__).with_name("advisories.json")
#: the service takes no more in one question
_AT_ONCE = 1000
_TIMEOUT_S = (5, 60)


@dataclass(frozen=True, slots=True, order=True)
class Advisory:
    """A known weakness of one pinned package.

    Attributes:
        package: as `Package` writes itself.
        aliases: other names of the same weakness, such as its CVE.
        fixed: versions in which it is mended.
    """

    package: str
    id: str
    aliases: tuple[str, ...]
    summary: str
    fixed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a service has answered.

    Attributes:
        asked_at: when it was asked.
        packages: those that it was asked about, as they write themselves.
    """

    service: str
    asked_at: datetime
    packages: frozenset[str]
    advisories: tuple[Advisory, ...]


class Unreachable(Exception):
    """The service did not answer, or not in its format."""


def ask(packages: Sequence[Package], now: datetime, service: str = SERVICE) -> Answers:
    """Ask a service about packages.

    Raises:
        Unreachable: nothing at all is known then.
    """
    try:
        with requests.Session() as session:
            found = tuple(sorted(_advisories(session, packages, service)))
    except (requests.RequestException, ValueError, KeyError, TypeError) as fault:
        raise Unreachable(str(fault)) from fault
    return Answers(service, now, frozenset(map(str, packages)), found)


def write(answers: Answers, file: Path = STORED) -> None:
    """Store answers, sorted, so that a difference shows what is new."""
    content = {
        "service": answers.service,
        "asked_at": answers.asked_at.astimezone(UTC).isoformat(timespec="seconds"),
        "packages": sorted(answers.packages),
        "advisories": [asdict(one) for one in sorted(answers.advisories)],
    }
    file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read(file: Path = STORED) -> Answers | None:
    """Return the stored answers; None where nobody has stored any."""
    if not file.exists():
        return None
    content = json.loads(file.read_text("utf-8"))
    advisories = tuple(
        Advisory(**one | {"aliases": tuple(one["aliases"]), "fixed": tuple(one["fixed"])})
        for one in content["advisories"]
    )
    at = datetime.fromisoformat(content["asked_at"])
    return Answers(content["service"], at, frozenset(content["packages"]), advisories)


def _advisories(
    session: requests.Session, packages: Sequence[Package], service: str
) -> Iterator[Advisory]:
    details: dict[str, dict[str, Any]] = {}
    for package, number in _numbers(session, packages, service):
        if number not in details:
            details[number] = _json(session.get(f"{service}/v1/vulns/{number}", timeout=_TIMEOUT_S))
        if "withdrawn" not in details[number]:
            yield _advisory(package, details[number])


def _numbers(
    session: requests.Session, packages: Sequence[Package], service: str
) -> Iterator[tuple[Package, str]]:
    """Yield each package with the number of each advisory about it."""
    waiting = [(one, _query(one)) for one in packages]
    while waiting:
        asked, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
        body = {"queries": [query for _package, query in asked]}
        answer = session.post(f"{service}/v1/querybatch", json=body, timeout=_TIMEOUT_S)
        for (package, query), result in zip(asked, _json(answer)["results"], strict=True):
            yield from ((package, one["id"]) for one in result.get("vulns", ()))
            if token := result.get("next_page_token"):
                waiting.append((package, query | {"page_token": token}))


def _query(package: Package) -> dict[str, Any]:
    of = {"ecosystem": package.ecosystem, "name": package.name}
    return {"package": of, "version": package.version}


def _advisory(package: Package, found: dict[str, Any]) -> Advisory:
    return Advisory(
        package=str(package),
        id=found["id"],
        aliases=tuple(sorted(found.get("aliases", ()))),
        summary=found.get("summary", ""),
        fixed=tuple(_fixed(package, found)),
    )


def _fixed(package: Package, found: dict[str, Any]) -> Iterator[str]:
    for affected in found.get("affected", ()):
        of = affected.get("package", {})
        if (of.get("ecosystem"), of.get("name", "").lower()) != (
            package.ecosystem,
            package.name.lower(),
        ):
            continue
        for versions in affected.get("ranges", ()):
            if versions["type"] != "GIT":
                yield from (one["fixed"] for one in versions["events"] if "fixed" in one)


def _json(answer: requests.Response) -> dict[str, Any]:
    answer.raise_for_status()
    content: dict[str, Any] = answer.json()
    return content
