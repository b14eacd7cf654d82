"""A host in one page: it stamps commands, lets timers fire, writes a journal and comes back after a crash.

    python examples/embed.py

The clock here is scripted, so the output is always the same; a live host passes ``time.time_ns`` and a file.

Owns an example of hosting; must not know more of the engine than its public face.
"""

from collections.abc import Callable

from routing import (
    BEHAVIOUR,
    AcceptOffer,
    Agent,
    CompleteContact,
    Config,
    EndWrapUp,
    Engine,
    EnqueueContact,
    LogIn,
    Queue,
)
from routing.commands import Command, Envelope
from routing.events import Event
from routing.journal import Checkpoint, Writer, header, read, write
from routing.replay import replay
from routing.units import MINUTE, SECOND

CENTRE = Config(
    agents=(Agent("ann", skills={"lang_es": 80, "tech": 60}), Agent("ben", skills={"tech": 90})),
    queues=(
        Queue("support", requirement="tech >= 50", strategy="most_skilled", ring_timeout_ns=15 * SECOND),
        Queue("spanish", requirement="lang_es and tech", wrap_up_ns=2 * MINUTE),
    ),
)

#: A checkpoint follows every so many envelopes; a live host writes one every few thousand.
CHECKPOINT_EVERY = 4


class Host:
    """The one writer of an engine. It knows the time, keeps the journal and tells the world.

    Parameters
    ----------
    clock : callable
        Returns the time, ns. It may step back; the engine's time does not.
    journal : list of bytes
        Lines with their line ends, appended before anything is published. A live host appends to a file and
        syncs it.
    publish : callable
        Is given each event once.
    """

    def __init__(
        self, clock: Callable[[], int], journal: list[bytes], publish: Callable[[Event], None]
    ) -> None:
        self.clock = clock
        self.journal = journal
        self.publish = publish
        if journal and journal[0].endswith(b"\n"):
            self.engine = replay(journal, torn=True)
            seqs = (line.seq for line in read(journal, torn=True) if isinstance(line, Envelope))
            self.writer = Writer(max(seqs, default=0))
            if not journal[-1].endswith(b"\n"):  # torn by the crash, never answered; of a file: truncate it
                journal.pop()
        else:
            self.engine = Engine(CENTRE)
            self.writer = Writer()
            journal[:] = [write(header(CENTRE, BEHAVIOUR))]

    def do(self, command: Command, request_id: str = "") -> tuple[Event, ...]:
        """Apply one command now; returns what it led to, also when it was done before under this request id."""
        now = max(self.clock(), self.engine.now_ns)
        revision = self.engine.revision
        events = self.engine.apply(
            command, now, request_id=request_id
        )  # misuse raises here, before the journal
        self._note(command, now, request_id)
        self._tell(events, revision)
        return events

    def tick(self) -> None:
        """Let timers fire that are due; call it at ``engine.next_due_ns``."""
        now = max(self.clock(), self.engine.now_ns)
        revision = self.engine.revision
        events = self.engine.advance(now)
        self._note(None, now)
        self._tell(events, revision)

    def _note(self, command: Command | None, now: int, request_id: str = "") -> None:
        """Write the journal's next line, and now and then what the engine has reached there."""
        self.journal.append(self.writer.command(command, now, request_id=request_id))
        if self.writer.seq % CHECKPOINT_EVERY == 0:
            self.journal.append(write(Checkpoint(self.engine.revision, f"{self.engine.digest:016x}")))

    def _tell(self, events: tuple[Event, ...], revision: int) -> None:
        """Publish what is new: events repeated for a request id do not move the revision, and come last."""
        for event in events[: self.engine.revision - revision]:
            self.publish(event)


def main() -> None:
    """Two agents and two calls, a missed offer, a crash."""
    now = 0
    journal: list[bytes] = []
    host = Host(lambda: now, journal, print)
    host.do(LogIn("ann"))
    host.do(LogIn("ben"))
    now = 5 * SECOND
    host.do(EnqueueContact("call-1", ("support",)), request_id="req-1")
    host.do(EnqueueContact("call-1", ("support",)), request_id="req-1")  # a retry: nothing happens twice

    assert host.engine.next_due_ns == 20 * SECOND  # ben does not answer
    now = 20 * SECOND
    host.tick()
    host.do(AcceptOffer("call-1", "ann"))

    journal.append(b'[7,20000000000,"","",{"ty')  # the process died in the middle of a line
    host = Host(lambda: now, journal, print)  # all that is left is the journal
    print(f"back at revision {host.engine.revision}: {host.engine.contacts['call-1'].state}")

    now = 3 * MINUTE
    host.do(CompleteContact("call-1"))
    host.do(EnqueueContact("call-2", ("spanish",), priority=2))
    now += 9 * SECOND
    host.do(AcceptOffer("call-2", "ann"))
    host.do(CompleteContact("call-2"))
    host.do(EndWrapUp("ann"))

    copy = Engine.restore(host.engine.snapshot())
    assert copy.digest == host.engine.digest == replay(journal).digest
    print(f"digest {copy.digest:016x}, the same after a replay of {len(journal)} lines")


if __name__ == "__main__":
    main()
