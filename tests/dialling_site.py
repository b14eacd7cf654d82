"""A server that dials, in a folder: its settings, its centre, its campaigns, and a list loaded by the command line.

Owns these files, and a front-end that answers by draws; must not test anything.
"""

import argparse
import contextlib
import io
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random

from dialled_world import centre, numbers

from grpc_api import facade as f
from grpc_api.client import Client, Patience, Target
from grpc_api.dialing.shapes import Dial, DialOver
from grpc_api.status import Fault
from routing.cli.campaigning import add_campaign
from routing.commands import AttemptOutcome, EndWrapUp
from routing.config import dumps
from routing.errors import CompactedError, UnavailableError
from routing.events import WrapUpStarted
from routing.units import MILLISECOND, SECOND

DOMAIN = "bank"
PATIENT = Patience(60 * SECOND, 20 * MILLISECOND, 100 * MILLISECOND, attempts=1_000)
SPRING = """
[[campaigns]]
id = "spring"
title = "Spring offer"
queue = "sales"
{mode}
profiles = ["ours"]
cap = 0.9
caller_id = "main"
greeting = "hello"
message = "sorry"
message_length = "100ms"
ring_timeout = "20s"
amd = {{on = true, delay = "1s500ms", leave_message = true}}
carriers = [{{carrier = "one"}}]
[campaigns.rules.retry]
attempts = 0
between = "0s"
busy = {{after = "0s"}}
no_answer = {{after = "0s"}}
lost = {{after = "0s"}}
cancelled = {{after = "0s"}}
machine = {{after = "0s"}}
"""
FILE = """
settings = {{decide_every = "20ms", front_end = "{front_end}"}}
[[profiles]]
id = "ours"
connect_within = "2s"
[[carriers]]
id = "one"
concurrent = 20
"""


def write_campaigns(
    folder: Path, more: str = "", *, mode: str = 'mode = "power"\nratio = 3.0', front_end: str = "pbx"
) -> Path:
    """Write the file of campaigns."""
    file = folder / "campaigns.toml"
    text = FILE.format(front_end=front_end) + SPRING.format(mode=mode) + more
    file.write_text(text, encoding="utf-8")
    return file


def write_site(
    folder: Path, *, agents: int = 3, records: int = 200, guard: str = "guard.insecure = true", more: str = ""
) -> Path:
    """Write everything, and load the list; returns the file of the settings."""
    (folder / "bank.toml").write_text(dumps(centre(agents), "toml"), encoding="utf-8")
    if not (folder / "campaigns.toml").exists():
        write_campaigns(folder)
    settings = folder / "server.toml"
    settings.write_text(
        'listen = "127.0.0.1:0"\ndata = "data"\ndurability = "group"\n'
        'domains.bank.config = "bank.toml"\ndomains.bank.campaigns = "campaigns.toml"\n'
        f'http.listen = ""\nmetrics.listen = "127.0.0.1:0"\nstatistics.database = "history.db"\n{guard}\n{more}',
        encoding="utf-8",
    )
    if records:
        load(folder, "spring", records)
    return settings


def load(folder: Path, campaign: str, records: int) -> None:
    """Load a list as people do."""
    file = folder / f"{campaign}.csv"
    file.write_text("\n".join(numbers(records)) + "\n", encoding="utf-8")
    parser = argparse.ArgumentParser()
    add_campaign(parser)
    words = ["import", str(file), "--campaign", campaign, "--domain", DOMAIN]
    options = parser.parse_args([*words, "--database", str(folder / "history.db")])
    with contextlib.redirect_stdout(io.StringIO()):
        assert options.run(options) == 0


@contextlib.contextmanager
def connected(address: str, token: str = "") -> Iterator[Client]:
    """A patient client."""
    with Client(Target(address, token), DOMAIN, PATIENT) as client:
        yield client


class Pbx:
    """A front-end that answers by draws, in threads of its own, until `close`.

    Parameters
    ----------
    client : Client
        Not for others meanwhile.
    rng : Random
        Whose draws.
    talks_s : float
        How long a conversation takes at most.
    dialled : callable, optional
        Told of every dial.
    """

    OUTCOMES: tuple[AttemptOutcome, ...] = ("person", "person", "busy", "no_answer", "machine")

    def __init__(
        self,
        client: Client,
        rng: Random,
        talks_s: float = 0.03,
        dialled: Callable[[Dial], object] | None = None,
    ) -> None:
        self.client = client
        self.attempts: dict[str, Dial] = {}  # that go on
        self.hung_up: set[str] = set()  # of these and earlier ones, whose number may be dialled again
        self.talking: dict[str, str] = {}  # calls, and with whom
        self.dials: list[Dial] = []
        self.problems: list[BaseException] = []
        self._rng = rng
        self._talks_s = talks_s
        self._dialled = dialled
        self._over = threading.Event()
        self._timers: list[threading.Timer] = []
        self._dials = client.watch_dials("pbx", carriers=["one"])
        # Dials may be told before the other streams begin: these tell what was said from here on.
        after = self.sync().revision
        self._calls = client.follow_calls(front_end="pbx", after=after)
        self._wraps = client.watch(after, types=[WrapUpStarted])
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,))
            for work in (self._dial, self._follow, self._wrap)
        ]

    def __enter__(self) -> "Pbx":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for stream in (self._dials, self._calls, self._wraps):
            stream.close()
        for timer in self._timers:
            timer.cancel()
        for thread in self._threads:
            thread.join()
        assert not self.problems, self.problems

    def sync(self) -> f.Synced:
        """Say which calls and attempts go on, and do what is to be done with these calls."""
        live = tuple(f.LiveLeg(*one) for one in sorted(self.talking.items()))
        synced = self.client.sync_calls(f.SyncCalls("pbx", live, attempts=tuple(sorted(self.attempts))))
        for call_id in synced.unknown:
            self.talking.pop(call_id, None)
        for answer in synced.answers:
            for instruction in answer.instructions:
                self._do(answer.call_id, instruction)
        return synced

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            if not self._over.is_set():
                self.problems.append(error)

    def _later(self, most_s: float, work: Callable[[], None]) -> None:
        timer = threading.Timer(0.002 + most_s * self._rng.random(), self._guarded, (work,))
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def _dial(self) -> None:
        for one in self._dials:
            if isinstance(one, DialOver):
                self.attempts.pop(one.attempt, None)
                continue
            self.attempts[one.attempt] = one
            self.dials.append(one)
            if self._dialled is not None:
                self._dialled(one)
            self._later(0.05, partial(self._end, one))

    def _end(self, one: Dial) -> None:
        if one.attempt not in self.attempts:
            return
        self.hung_up.add(one.attempt)
        line = self.client.end_attempt(one.attempt, self._rng.choice(self.OUTCOMES), front_end="pbx")
        if line.call_id:
            self.talking.setdefault(line.call_id, "")
        self.attempts.pop(one.attempt, None)
        for instruction in line.instructions:
            self._do(line.call_id, instruction)

    def _follow(self) -> None:
        while not self._over.is_set():
            try:
                for notice in self._calls:
                    if notice.instruction is not None:
                        self._do(notice.call_id, notice.instruction)
            except (CompactedError, Fault):  # what was said before a restart is not kept
                self._calls = self.client.follow_calls(front_end="pbx", after=self.sync().revision)

    def _do(self, call_id: str, instruction: f.Instruction) -> None:
        match instruction:
            case f.Offer(agent=agent, offer=offer):
                self._report(f.ReportCall(call_id, "answered", "pbx", agent, offer))
            case f.Talk(agent=agent):
                self.talking[call_id] = agent
                self._later(self._talks_s, lambda: self._hang_up(call_id))
            case f.Release():
                self.talking.pop(call_id, None)

    def _report(self, report: f.ReportCall) -> None:
        for instruction in self.client.report_call(report).instructions:
            if not isinstance(instruction, f.Offer):
                self._do(report.call_id, instruction)

    def _hang_up(self, call_id: str) -> None:
        if call_id in self.talking:
            self._report(f.ReportCall(call_id, "ended", "pbx"))
            self.talking.pop(call_id, None)

    def _wrap(self) -> None:
        while not self._over.is_set():
            try:
                for watched in self._wraps:
                    event = watched.event
                    if isinstance(event, WrapUpStarted):
                        with contextlib.suppress(UnavailableError):
                            self.client.apply(EndWrapUp(event.agent, event.contact))
            except (CompactedError, Fault):
                # As above: look who is at it, beginning with what comes from here on.
                self._wraps = self.client.watch(self.sync().revision, types=[WrapUpStarted])
                for agent in self.client.list_agents():
                    for part in agent.segments:
                        if part.state == "wrap_up":
                            self.client.apply(EndWrapUp(agent.id, part.contact))
