"""Writes the tables of roles in docs/security.md and docs/supervision.md, and why somebody is turned away.

``python docs/roles.py`` writes them; ``python docs/roles.py --check`` changes nothing and exits with 1 when they are
stale.

Owns how the tables look; must not know any permission.
"""

import argparse
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from grpc_api.guard import COMMANDS, METHODS, REASONS, ROLES
from grpc_api.guard.roles import Rule
from routing.center.supervision import OPERATIONS
from routing.center.supervision.roles import REMARKS

PAGES: Final = tuple(Path(__file__).resolve().parent / name for name in ("security.md", "supervision.md"))


def fresh(page: str) -> str:
    """Write the page anew: what stands between the marks is replaced."""
    for name, text in (
        ("methods", _table("method", METHODS)),
        ("commands", _table("command", COMMANDS | {f"Remark: {name}": row for name, row in REMARKS.items()})),
        ("operations", _table("operation", OPERATIONS)),
        ("reasons", _reasons()),
    ):
        begin, end = f"<!-- {name}: written by docs/roles.py -->", f"<!-- end of {name} -->"
        page = re.sub(
            f"{re.escape(begin)}.*?{re.escape(end)}", f"{begin}\n\n{text}\n{end}", page, flags=re.DOTALL
        )
    return page


def _table(noun: str, rules: Mapping[str, Rule]) -> str:
    head = " | ".join(role.replace("_", " ") for role in ROLES)
    lines = [f"| {noun} | {head} |", "|---|" + "---|" * len(ROLES)]
    for name, rule in rules.items():
        cells = " | ".join(rule.scopes.get(role, "") for role in ROLES)
        lines.append(f"| `{name.strip('/').removeprefix('huntgroup.v1.')}` | {cells} |")
    return "\n".join(lines) + "\n"


def _reasons() -> str:
    lines = ["| reason | status |", "|---|---|"]
    lines += [f"| `{name}` | `{code}` |" for name, code in REASONS.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description="Write the tables of roles in the documentation.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when they are stale")
    options = parser.parse_args()
    stale = [
        page for page in PAGES if fresh(page.read_text(encoding="utf-8")) != page.read_text(encoding="utf-8")
    ]
    for page in stale:
        if options.check:
            print(f"{page.name} is stale; run: python docs/roles.py", file=sys.stderr)
        else:
            page.write_text(fresh(page.read_text(encoding="utf-8")), encoding="utf-8")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
