"""A host's process that is killed around the write that completes a contact: before it, behind it, or after its answer.

    python tests/entering_child.py JOURNAL before|between|after

Owns one life of a host; must not know what is looked at afterwards (``test_entering``).
"""

import os
import signal
import sys

from routing import AbandonContact, Agent, Config, EnqueueContact, Queue
from routing.center.continuity import FOLLOWER, Continuity, Returning, continuing
from routing.host import Host, Settings
from routing.journal import Batch
from routing.journal.sqlite import SqliteJournal


class Deadly(SqliteJournal):
    """A journal whose process dies at one batch."""

    dies = ""

    def append(self, batch: Batch) -> None:
        if self.dies == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        super().append(batch)
        if self.dies == "between":
            os.kill(os.getpid(), signal.SIGKILL)


def main(path: str, when: str) -> None:
    """Live, and die."""
    centre = Config(
        agents=(Agent("ann"), Agent("ben")),
        queues=(Queue("sales"), Queue("support", priority_credits_ns=())),
    )
    journal = Deadly(path)
    rules = Continuity(returning=(Returning(),))
    host = Host(centre, journal, settings=Settings(threads=False), followers={FOLLOWER: continuing(rules)})
    host.apply(EnqueueContact("call-1", ("sales",), customer="c1"), request_id="r1")
    host.apply(AbandonContact("call-1"))
    journal.dies = when
    host.apply(EnqueueContact("call-2", ("sales",), customer="c1"), request_id="r2")
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
