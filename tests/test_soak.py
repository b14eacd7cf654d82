"""A host's memory does not grow with the calls that it has routed.

Owns the threshold; must not know what is run (``soak``).
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once


@pytest.mark.parametrize("calls", [20_000, pytest.param(300_000, marks=pytest.mark.long)])
def test_memory_does_not_grow_after_the_warm_up(calls: int) -> None:
    script = Path(__file__).with_name("soak.py")
    found = subprocess.run(
        [sys.executable, str(script), "--calls", str(calls)],
        capture_output=True,
        text=True,
        check=True,
        cwd=script.parent.parent,
    )
    sizes = [float(size) for size in re.findall(r"([\d.]+) MiB", found.stdout)]
    assert len(sizes) == 10
    assert sizes[-1] - sizes[4] < 2, found.stdout
