"""Write `sbom.cdx.json`: what a build of Marhaba consists of, as CycloneDX.

The packages of requirements.txt with the digests of their files, and what is vendored, each with
its licence. The same pins give the same bytes; each wheel and source distribution carries the file,
and `setup.py` refuses to build where it is of other requirements.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from pinned import ROOT, SHIPPED, VENDORED, Package, Pin, licence_of, pinned_in, vendored_in

FILE = ROOT / "sbom.cdx.json"
#: what `setup.py` compares before it builds
REQUIREMENTS = "marhaba:requirements-sha256"
_VERSION = re.compile(r'^VERSION = "([^"]+)"', re.MULTILINE)
_LICENCES = LicenseFactory()


def main() -> int:
    """Write the file; with `--check` say whether it is of today, which ends with 1 if not."""
    parser = argparse.ArgumentParser(prog="script/sbom", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    wanted = sbom()
    if parser.parse_args().check:
        is_current = FILE.exists() and FILE.read_text("utf-8") == wanted
        print(f"sbom: {'of today' if is_current else 'NOT of today: run script/sbom'}")
        return 0 if is_current else 1
    FILE.write_text(wanted, "utf-8")
    print(f"sbom: {len(json.loads(wanted)['components'])} components in {FILE.name}")
    return 0


def sbom() -> str:
    """Return the CycloneDX document."""
    text = json.loads(JsonV1Dot6(_bom()).output_as_string())
    # Neither a date nor a number by chance: the same pins give the same file.
    del text["metadata"]["timestamp"], text["serialNumber"]
    text["serialNumber"] = uuid5(NAMESPACE_URL, json.dumps(text, sort_keys=True)).urn
    return json.dumps(text, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _bom() -> Bom:
    pins = pinned_in(SHIPPED)
    python = {package: _python(package, pin) for package, pin in pins.items()}
    itself, vendored = _itself(), list(_vendored())
    bom = Bom(components=[*python.values(), *vendored])
    bom.metadata.component = itself
    digest = sha256((ROOT / SHIPPED).read_bytes()).hexdigest()
    bom.metadata.properties.add(Property(name=REQUIREMENTS, value=digest))
    bom.register_dependency(itself, vendored)
    for user in (itself, *python.values()):
        needed = [python[one] for one, pin in pins.items() if user.name in pin.users]
        bom.register_dependency(user, needed)
    return bom


def _itself() -> Component:
    source = (ROOT / "checkin/protocol/version.py").read_text("utf-8")
    [version] = _VERSION.findall(source)
    return _component(Package("PyPI", "marhaba", version), "MIT", kind=ComponentType.APPLICATION)


def _python(package: Package, pin: Pin) -> Component:
    one = _component(package, licence_of(package))
    one.external_references.add(
        ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(f"https://pypi.org/project/{package.name}/{package.version}/"),
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=each) for each in pin.digests],
        )
    )
    return one


def _vendored() -> Iterable[Component]:
    for folder in VENDORED:
        where = folder.relative_to(ROOT).as_posix()
        if not where.startswith("tests/"):
            yield from (_component(one.package, one.licence, where) for one in vendored_in(folder))


def _component(
    package: Package,
    licence: str | None,
    folder: str | None = None,
    kind: ComponentType = ComponentType.LIBRARY,
) -> Component:
    """Return a package as a component; the folder is that in which it is vendored."""
    ecosystem = package.ecosystem.lower()
    url = PackageURL(ecosystem, None, package.name, package.version, subpath=folder)
    return Component(
        name=package.name,
        version=package.version,
        type=kind,
        purl=url,
        bom_ref=url.to_string(),
        licenses=[_LICENCES.make_from_string(licence)] if licence else [],
    )


if __name__ == "__main__":
    sys.exit(main())
