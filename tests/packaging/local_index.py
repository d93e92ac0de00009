"""A package index in a folder, with packages made for a test: no network is needed."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path


class LocalIndex:
    """An index as pip reads it (PEP 503), at `url`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = (folder / "simple").as_uri()

    def add(
        self,
        name: str,
        version: str,
        *,
        needs: Iterable[str] = (),
        extra: str = "",
        programs: Mapping[str, str] | None = None,
    ) -> str:
        """Add a release of a package and return its pinned line for a file of requirements.

        Args:
            needs: what it asks for, as `Requires-Dist` says it.
            extra: the name of an extra that asks for `mailcheck`.
            programs: further files that may be run, by their paths.
        """
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {one}" for one in needs]
        if extra:
            lines += [f"Provides-Extra: {extra}", f"Requires-Dist: mailcheck; extra == '{extra}'"]
        wheel = self._write(name, version, "\n".join(lines) + "\n", programs or {})
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        with (wheel.parent / "index.html").open("a") as page:
            page.write(f'<a href="{wheel.name}#sha256={digest}">{wheel.name}</a>\n')
        return f"{name}=={version} --hash=sha256:{digest}\n"

    def _write(self, name: str, version: str, metadata: str, programs: Mapping[str, str]) -> Path:
        folder = self._folder / "simple" / name
        folder.mkdir(parents=True, exist_ok=True)
        wheel, about = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
        files = {
            f"{name}.py": f"version = {version!r}\n",
            f"{about}/METADATA": metadata,
            f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        files |= programs
        files[f"{about}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{about}/RECORD"])
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in files.items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = (0o100755 if path in programs else 0o100644) << 16
                archive.writestr(entry, text)
        return wheel
