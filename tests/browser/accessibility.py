"""What axe-core finds on a page, in words that a failing test can show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Of what is in order only the rules are told, not each element with its address: a quarter less
#: work.
_RUN = """(tags) => axe.run(document, {
      runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
    .then(({violations, passes}) => ({violations, passed: passes.length}))"""


def serious_findings(page: Any) -> list[str]:
    """Return what axe calls serious or critical, each with the elements that it is about."""
    page.evaluate(AXE.read_text())  # not a script element: our pages allow none but their own
    found = page.evaluate(_RUN, _RULES)
    assert found["passed"], "axe looked at nothing"
    return [
        f"{one['impact']} {one['id']}: " + " · ".join(node["html"][:150] for node in one["nodes"])
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
    ]
