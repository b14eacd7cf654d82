"""Writes the tables of docs/metrics.md: each figure with its formula, its counts and source, and the worked example.

``python docs/figures.py`` writes them; ``python docs/figures.py --check`` changes nothing and exits with 1 when they
are stale.

Owns how the tables look; must not know any formula.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from routing.statistics.metrics import Waits, genesys_cloud, service_level
from routing.statistics.metrics.catalogue import AGENTS, FAMILY, LEVELS, QUEUES, Entry

PAGE: Final = Path(__file__).resolve().parent / "metrics.md"

#: The day of the worked example.
EXAMPLE: Final = Waits(
    answered=400, answered_in=300, abandoned=80, abandoned_in=40, abandoned_short=20, flowed_out=20
)


def fresh(page: str) -> str:
    """Write the page anew: what stands between the marks is replaced."""
    for name, text in (
        ("levels", _table(LEVELS)),
        ("family", _table(FAMILY)),
        ("queues", _table(QUEUES)),
        ("agents", _table(AGENTS)),
        ("example", _example()),
    ):
        begin, end = f"<!-- {name}: written by docs/figures.py -->", f"<!-- end of {name} -->"
        page = re.sub(
            f"{re.escape(begin)}.*?{re.escape(end)}", f"{begin}\n\n{text}\n{end}", page, flags=re.DOTALL
        )
    return page


def _table(entries: Sequence[Entry]) -> str:
    lines = ["| figure | formula | counts read | definition |", "|---|---|---|---|"]
    for entry in entries:
        reads = ", ".join(f"`{_short(name)}`" for name in entry.reads)
        lines.append(f"| `{entry.name}` | {entry.formula} | {reads} | {entry.source} |")
    return "\n".join(lines) + "\n"


def _short(name: str) -> str:
    """Leave out the name by contact where it only has ``contacts_`` before it."""
    contact, _, visit = name.partition("/")
    return visit if visit and contact in ("", f"contacts_{visit}") else name


def _example() -> str:
    lines = ["| definition | calculation | service level |", "|---|---|---|"]
    level = service_level(EXAMPLE)
    for entry in LEVELS:
        value = getattr(level, entry.name)
        lines.append(f"| `{entry.name}` | {_with_numbers(entry.formula)} | {100 * value:.1f} % |")
    for flow_outs in (False, True):
        for abandons, short in ((True, True), (True, False), (False, False)):
            value = genesys_cloud(EXAMPLE, flow_outs=flow_outs, short_abandons=short, abandons=abandons)
            kept = "all abandons" if short else "abandons but short ones" if abandons else "no abandons"
            doors = "flow-outs" if flow_outs else "no flow-outs"
            assert value is not None
            lines.append(f"| Genesys Cloud: {kept}, {doors} | | {100 * value:.1f} % |")
    return "\n".join(lines) + "\n"


def _with_numbers(formula: str) -> str:
    return re.sub(r"[a-z_]{3,}", lambda name: str(getattr(EXAMPLE, name[0])), formula)


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description="Write the tables of docs/metrics.md.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when they are stale")
    options = parser.parse_args()
    before = PAGE.read_text(encoding="utf-8")
    after = fresh(before)
    if before == after:
        return 0
    if options.check:
        print(f"{PAGE.name} is stale; run: python docs/figures.py", file=sys.stderr)
        return 1
    PAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
