"""The page of features: every test that it names is there, and no feature goes without.

Owns this check; must not know what the tests do.
"""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).resolve().parent
PAGE: Final = HERE.parent / "docs" / "features.md"
_PROOF: Final = re.compile(r"`([\w/.]+)::(\w+)`")
_HEAD: Final = re.compile(r"^== (\w+)$", re.MULTILINE)

pytestmark = pytest.mark.tree


@cache
def names_in(file: str) -> frozenset[str]:
    """Scenarios of a transcript, or test functions of a module, those in classes too."""
    text = (HERE / file).read_text()
    if file.endswith(".txt"):
        return frozenset(_HEAD.findall(text))
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef))
    return frozenset(one.name for one in functions if one.name.startswith("test_"))


def rows() -> list[str]:
    """The rows of the tables, without their heads."""
    lines = PAGE.read_text().splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith("| feature ")]


@pytest.mark.parametrize("row", rows())
def test_a_feature_has_its_proof(row: str) -> None:
    _, feature, page, proof, _ = row.split("|")
    assert feature.strip(), row
    assert re.search(r"\]\([\w./#-]+\)", page), f"{feature} names no page"
    named = _PROOF.findall(proof)
    assert named, f"{feature} names no proof"
    assert proof.count("`") == 2 * len(named), f"a proof of {feature} is not written FILE::TEST"
    missing = [f"{file}::{test}" for file, test in named if test not in names_in(file)]
    assert not missing, f"{feature}: {missing} is not there"


def test_a_test_that_is_not_there_is_found() -> None:
    assert "test_a_feature_has_its_proof" in names_in("test_features.py")
    assert "hold_and_retrieve" in names_in("transcripts/hands.txt")
    assert "nothing" not in names_in("transcripts/hands.txt")
