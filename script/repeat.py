"""Run the few tests again that failed while they waited for another program.

That is a browser, a camera, a window, a server, a proxy or a worker in another process. Beside
others, on a machine that has much else to do, such a test may wait in vain for what a person would
see a moment later. A control of a race shows what happens without a guard when two meet, and there
they may never meet. So these are run once more, one by one; the second result counts, and both are
printed. Where anything else failed, or more than a few did, nothing is run again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
_FAILED = ROOT / ".pytest_cache/v/cache/lastfailed"
#: folders and files whose tests start programs and wait for what these show
WAITING = (
    *("tests/browser/", "tests/modes/", "tests/scanner/", "tests/worker/", "tests/test_end_to_end"),
    *("tests/test_crash", "tests/test_gates_over_tls", "tests/test_bus_at_gates"),
    *("tests/test_proxies_with_two_nodes", "tests/test_real_proxies"),
)
CONTROL = "::test_control_"
MOST = 5


def to_repeat(failed: Iterable[str]) -> list[str]:
    """Return the tests to run again: all of those that failed, or none of them."""
    names = sorted(failed)
    waited = [name for name in names if name.startswith(WAITING) or CONTROL in name]
    return names if waited == names and len(names) <= MOST else []


def main() -> int:
    """Repeat what failed in the last run; return the exit code: 0 where all of it passes now."""
    names = to_repeat(json.loads(_FAILED.read_text("utf-8")) if _FAILED.exists() else ())
    if not names:
        return 1
    print("\nthese failed beside others and are run again, alone:", *names, sep="\n  ", flush=True)
    return subprocess.call([sys.executable, "-m", "pytest", "-n", "0", *names], cwd=ROOT)


if __name__ == "__main__":
    sys.exit(main())
