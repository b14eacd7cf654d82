"""Every command that a page shows is one that there is, with options that it has.

Owns what stands in blocks of shell on pages; must not run any of it.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest

from routing.cli import _parser
from routing.cli.comparing import joined

pytestmark = pytest.mark.tree

ROOT: Final = Path(__file__).resolve().parent.parent
PAGES: Final = sorted(
    page
    for pattern in ("*.md", "docs/*.md", "examples/**/*.md", "benchmarks/*.md")
    for page in ROOT.glob(pattern)
)
_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_SHELL: Final = frozenset({"", "bash", "console", "sh"})
_COMMAND: Final = re.compile(r"^(?:\$ )?huntgroup (.+)")


def commands(text: str) -> Iterator[list[str]]:
    r"""Give the arguments of each command in blocks of shell; what may be left out, in brackets, is in.

    >>> list(commands("```\nhuntgroup audit list [--who kim]   # one\n$ huntgroup flow a.toml --dot | dot\n```\n"))
    [['audit', 'list', '--who', 'kim'], ['flow', 'a.toml', '--dot']]
    """
    for language, block in _BLOCK.findall(text):
        for line in block.replace("\\\n", "").splitlines() if language in _SHELL else ():
            if found := _COMMAND.match(line):
                said = re.split(r" [|>&]|  +", found[1].replace("[", "").replace("]", ""))[0]
                yield shlex.split(said, comments=True)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_on_a_page_can_be_given(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in commands(page.read_text(encoding="utf-8")):
        given = joined(arguments)
        with suppress(SystemExit):
            _parser(given).parse_args(given)
        assert not (said := capsys.readouterr().err), f"huntgroup {' '.join(arguments)}: {said}"


def test_there_are_commands_on_pages() -> None:
    assert sum(len(list(commands(page.read_text(encoding="utf-8")))) for page in PAGES) > 100
