"""Where the pages' templates are, for who renders them and for who watches them for changes."""

from __future__ import annotations

from pathlib import Path


def template_folder(package: Path) -> Path:
    """Return the templates of the package in this folder.

    A wheel holds them in the package; in a checkout they stand beside it.
    """
    within = package / "templates"
    return within if within.is_dir() else package.parent / "templates"
