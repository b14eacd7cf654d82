"""Finds data that is not part of the project: beside it, or where ``HUNTGROUP_DATA`` says.

Owns that place; must not know what stands in the files.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("HUNTGROUP_DATA", ROOT.parent / "shared" / "data"))


def outside(name: str) -> Path:
    """Return the path of a data file, or skip the test that wants it."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"{name} is not part of the project; set HUNTGROUP_DATA to the directory that holds it")
    return path
