"""Writes docs/states.md: a diagram of each lifecycle in ``routing.states``.

``python docs/diagrams.py`` writes it; ``python docs/diagrams.py --check`` changes nothing and exits with 1 when it is
stale.

Owns how a table becomes a diagram, and one sentence for each; must not know any transition.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from routing.states import AGENT, ATTEMPT, CONTACT, SEGMENT, START, Table

PAGE: Final = Path(__file__).resolve().parent / "states.md"

HEAD: Final = """\
<!-- Written by docs/diagrams.py from routing/states.py; change those instead. -->

# Lifecycles

Arrows are named after the [events](engine.md); what is not drawn cannot happen. A word after a colon is content of the
event: the outcome of `ContactEnded`, the readiness of `AgentLoggedIn`, the state of `AttemptProgressed`; `rings_on`
stands with the end of one offer while others of the contact go on.
"""

#: Title, one sentence, table and first state of each lifecycle.
LIFECYCLES: Final[tuple[tuple[str, str, Table, str], ...]] = (
    (
        "Agents",
        "An agent begins logged out; whoever logs out with work in hand is leaving until the last of it is done.",
        AGENT,
        "logged_out",
    ),
    (
        "Contacts",
        "A contact waits, rings and is handled, perhaps again; it is taken back from all it rings at before it ends.",
        CONTACT,
        START,
    ),
    (
        "Segments",
        "A segment, one agent's part in one contact (several may ring), ends with it or with the wrap-up after it.",
        SEGMENT,
        START,
    ),
    (
        "Attempts",
        "An attempt, one dial, ends with what the front-end reports, or is lost; steps on the way may be left out.",
        ATTEMPT,
        START,
    ),
)


def page() -> str:
    """Write the page."""
    sections = (
        f"\n## {title}\n\n{sentence}\n\n```mermaid\n" + "\n".join(diagram(table, first)) + "\n```\n"
        for title, sentence, table, first in LIFECYCLES
    )
    return HEAD + "".join(sections)


def diagram(table: Table, first: str) -> Iterator[str]:
    """Give the lines of a diagram: one arrow for each pair of states, named after all that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (state, trigger), after in table.items():
        arrows.setdefault((state, after), []).append(trigger.replace(":", "&#58;"))
    yield "stateDiagram-v2"
    if first != START:
        yield f"    [*] --> {first}"
    for (state, after), triggers in arrows.items():
        yield f"    {state or '[*]'} --> {after}: {', '.join(triggers)}"
    going_on = {state for state, _ in table}
    for state in dict.fromkeys(table.values()):
        if state not in going_on:
            yield f"    {state} --> [*]"


def main() -> int:
    """Parse the command line and do what it says."""
    parser = argparse.ArgumentParser(description="Write the page of lifecycles.")
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit with 1 when the page is stale"
    )
    if parser.parse_args().check:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
            return 0
        print("docs/states.md is stale; run: python docs/diagrams.py", file=sys.stderr)
        return 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
