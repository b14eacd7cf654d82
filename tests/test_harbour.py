"""The example of a whole day: it runs, and says what its page says.

Owns that; must not know what happens on the day.
"""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

EXAMPLE: Final = Path(__file__).resolve().parent.parent / "examples" / "harbour"

pytestmark = pytest.mark.tree


def test_the_day_goes_as_its_page_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLE / "harbour_day.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    page = (EXAMPLE / "README.md").read_text()
    assert done.stdout == page.partition("```text\n")[2].partition("```")[0]
