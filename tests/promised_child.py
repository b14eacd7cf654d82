"""A small centre with call-backs in a process of its own, to be killed: it says what was dialled, and goes on.

    python tests/promised_child.py FOLDER

Owns the process; must not know when it is killed.
"""

import sys
from pathlib import Path
from random import Random

from promising import CENTRE, MINUTE, NINE, RULES, SECOND, Office

from routing import LogIn
from routing.center.callbacks.book import CallBackBook
from routing.center.callbacks.clerk import Clerk
from routing.events import CommandRefused
from routing.journal.sqlite import SqliteJournal

#: So many customers are promised a call.
PROMISES = 15


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    path = folder / "centre.journal"
    office = Office(RULES, CENTRE, SqliteJournal(path, durability="none"), NINE, logged_in=())
    office.clock.not_before(office.host.read(lambda engine: engine.now_ns))
    there = office.host.read(lambda engine: [one.id for one in engine.agents.values() if one.logged_in])
    for agent in CENTRE.agents:
        if agent.id not in there:
            office.do(LogIn(agent.id))
    with CallBackBook(folder / "history.db") as book:
        clerk = Clerk(office.host, book)
        known = len(office.promises())
        say("begins")
        for number in range(10_000):
            if known < PROMISES:
                start_ns = max(NINE + known * MINUTE, office.clock.at_ns)
                office.desk.book(
                    f"p{known}", "sales", f"n{known}", start_ns, customer=f"c{known}", confirmed=True
                )
                known += 1
            office.after(20 * SECOND)
            for one in office.host.read(lambda engine: list(engine.contacts.values())):
                if one.state == "offered" and one.segment is not None:
                    office.take(one.id, one.segment.agent)
                elif one.state == "handling" and office.get(one.id.rpartition("/")[0]).reached_ns:
                    office.finish(one.id)
            for attempt in office.host.read(lambda engine: list(engine.attempts)):
                # Of each attempt the same, whenever it is killed: so some are served, and some never reached.
                office.end(attempt, Random(attempt).choice(("person", "no_answer", "busy")))
            if number % 3 == 0:
                clerk.step()
            if number % 10 == 0:
                office.host.snapshot()
            say("step")
            if known == PROMISES and not any(one.open for one in office.promises()):
                break
        clerk.step()
    wrong = [one for one in office.events if isinstance(one, CommandRefused)]
    say(f"done {len(wrong)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
