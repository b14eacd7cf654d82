"""Writes the measured parts of ``docs/rehearsal.md`` and its picture: a campaign's day under twenty seeds.

    python docs/rehearsal.py [--jobs N]

It takes some five minutes, and its figures move with every constant of the pacing; so it is run when those change, and
not checked with every test.

Owns those parts and that picture; must not know how a day is lived through.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from routing.cli.campaigning import add_campaign

HERE = Path(__file__).resolve().parent
PAGE = HERE / "rehearsal.md"
PICTURE = HERE / "rehearsal.svg"
EXAMPLE = "examples/outbound/rehearsal.toml"
RUNS = (
    ("compared", ("--compare", "progressive,power:2,power:2.5,predictive:0.01")),
    ("engine", ("--engine",)),
    ("once", ("--seeds", "1")),
)


def main(arguments: Sequence[str]) -> int:
    """Write outputs and picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", default="1")
    jobs: str = parser.parse_args(arguments).jobs
    for name, more in RUNS:
        begin, end = f"<!-- {name}: docs/rehearsal.py -->", f"<!-- end of {name} -->"
        drawn = ("--plot", str(PICTURE)) if name == "compared" else ()
        told = output((str(HERE.parent / EXAMPLE), *more, *drawn, "--jobs", jobs))
        command = " ".join(("huntgroup campaign simulate", EXAMPLE, *more))
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(
            begin
        )  # not earlier: the runs take minutes
        after = rest.partition(end)[2]
        PAGE.write_text(f"{before}{begin}\n\n```\n$ {command}\n{told}```\n{end}{after}", encoding="utf-8")
    return 0


def output(arguments: Sequence[str]) -> str:
    """Run the command and give what it prints."""
    parser = argparse.ArgumentParser()
    add_campaign(parser)
    options = parser.parse_args(["simulate", *arguments])
    with redirect_stdout(StringIO()) as out:
        options.run(options)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
