"""``huntgroup journal seal``: the step from older rules of routing to those of this version.

Owns its options and its text; must not know what differs between the rules.
"""

import argparse
from pathlib import Path

from routing.engine import BEHAVIOUR
from routing.journal import SavedSnapshot
from routing.journal.sqlite import SqliteJournal
from routing.replay import recover


def add_seal(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Replay a journal to its end under the rules that it was written under, and put a sealed snapshot there: "
        "nothing before it is ever replayed again, and what follows is decided by the rules of this version. No host "
        "may have it open."
    )
    parser.add_argument("journal", metavar="JOURNAL", help="the file")
    parser.add_argument(
        "--keep", action="store_true", help="keep what lies before the seal, to be read and exported"
    )
    parser.set_defaults(run=_seal)


def _seal(options: argparse.Namespace) -> int:
    path = Path(options.journal)
    if not path.exists():
        raise FileNotFoundError(2, "there is no such journal", str(path))
    with SqliteJournal(path) as journal:
        recovered = recover(journal)
        engine = recovered.engine
        journal.save(
            SavedSnapshot(
                recovered.seq,
                engine.now_ns,
                engine.revision,
                engine.digest,
                BEHAVIOUR,
                True,
                engine.snapshot(),
            )
        )
        if not options.keep:
            journal.compact(recovered.seq)
    print(
        f"{path} is sealed at seq {recovered.seq}, revision {engine.revision}, digest {engine.digest:016x}; it goes on "
        f"under behaviour {BEHAVIOUR}"
    )
    return 0
