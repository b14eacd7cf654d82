"""A day of a campaign through the real thing: engine, host, dialer, database and ledger, on a clock moved by hand.

Nothing of the campaign's side is simulated: numbers come from a database, rules of the law are asked for each, attempts
live in the engine, and the ledger says who was abandoned. Only the centre is made up (so many agents of one queue), and
the telephone exchange. It takes some hundred times as long as the quick world.

What it does not know: hints of agents who are closing, and machines taken for persons. Detection takes the same time
for everybody.

Owns how these are put together, and who comes and goes when; must not know how anything paces.
"""

import heapq
import tempfile
from collections.abc import Iterator, Sequence
from math import ceil, log
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from routing.campaigns.book import Book
from routing.campaigns.importing import import_list
from routing.commands import Command, LogIn, LogOut
from routing.compliance.numbers import e164
from routing.engine import Engine
from routing.errors import ConfigError, DataError
from routing.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AttemptEnded,
    ContactEnqueued,
    DialRequested,
    Event,
    OfferAccepted,
    WrapUpEnded,
    WrapUpStarted,
)
from routing.host import Host
from routing.host import Settings as HostSettings
from routing.model import Agent, Config, Overflow, Queue
from routing.outbound.campaign import Campaign, Detection, Outbound
from routing.outbound.dialer import Dialer
from routing.outbound.followers import followers
from routing.outbound.quick_days import grace_ns, heard_share
from routing.outbound.simulated import HandClock, SimulatedFrontEnd, World
from routing.outbound.supposing import Supposed
from routing.outbound.watching import DayFigures, Sample, Watch
from routing.simulation.dialing import GONE, IDLE, TALK, WRAP
from routing.simulation.draws import at as draw
from routing.simulation.draws import stream, unit
from routing.units import HOUR, MINUTE, SECOND

#: Nine in the morning of a Tuesday in New York, where everybody is called.
START_NS: Final = 1_793_714_400 * SECOND
_GROUP: Final = "agents"
_INBOUND: Final = "inbound"
_AFTER_NS: Final = 2 * MINUTE  # until nothing rings any more
_FIRST: Final = 2_120_000_000
_BLOCKS: Final = tuple(range(200, 1000))
#: Purposes of draws; the first three are those of the quick world, so that the same agents come and go.
_LOG_IN, _BREAK, _AWAY, _FAILING, _CALLS = 0, 1, 2, 5, 4


def engine_day(
    outbound: Outbound,
    campaign: Campaign,
    supposed: Supposed,
    seed: int,
    every_s: float = 0.0,
    *,
    database: str | Path | None = None,
) -> tuple[DayFigures, list[Sample]]:
    """Live through one day.

    Parameters
    ----------
    outbound, campaign : Outbound, Campaign
        The file and its campaign, which names carriers.
    supposed : Supposed
        The world; a list without end is as long as the day may need.
    seed : int
        Which day.
    every_s : float, default 0
        Length of the stretches of the picture; 0: none.
    database : path, optional
        A new file for the campaign's database; None: a temporary one.

    Raises
    ------
    ConfigError
        If the world has what this cannot live through.
    """
    if supposed.closing_ns:
        raise ConfigError("simulation.closing", "is not known to the engine's day; leave it out, or --engine")
    if supposed.machines.machines_passed:
        raise ConfigError(
            "simulation.machines.machines_passed",
            "is not known to the engine's day; leave it out, or --engine",
        )
    if database is not None:
        return _Centre(outbound, campaign, supposed, seed, every_s, Path(database)).live()
    with tempfile.TemporaryDirectory(prefix="huntgroup-") as folder:
        return _Centre(outbound, campaign, supposed, seed, every_s, Path(folder) / "campaigns.db").live()


def numbers(count: int) -> Iterator[str]:
    """Give a list as CSV: valid numbers of one city, each once.

    >>> list(numbers(2))
    ['number,customer', '+12122000000,c0', '+12122000001,c1']
    """
    yield "number,customer"
    place = made = 0
    while made < count:
        block, rest = divmod(place, 10_000)
        place += 1
        number = f"+1{_FIRST + _BLOCKS[block] * 10_000 + rest}"
        if rest == 0 and not _valid(number):  # of emergency and information services
            place += 9_999
            continue
        yield f"{number},c{made}"
        made += 1


def centre_of(outbound: Outbound, campaign: Campaign, supposed: Supposed) -> Config:
    """Make up a centre for a campaign: so many agents alike, one queue, and one for inbound calls if there are any."""
    limit_ns = grace_ns(outbound, campaign)
    queues = [
        Queue(
            campaign.queue,
            groups=(_GROUP,),
            tier=1,
            wrap_up_ns=-1,
            ring_timeout_ns=limit_ns,
            max_wait=Overflow(after_ns=limit_ns),
        )
    ]
    if supposed.inbound:
        queues.append(Queue(_INBOUND + "-" * (campaign.queue == _INBOUND), groups=(_GROUP,), wrap_up_ns=-1))
    agents = tuple(Agent(str(number), groups=(_GROUP,)) for number in range(supposed.agents))
    return Config(agents=agents, queues=tuple(queues), timezone="America/New_York")


def world_of(campaign: Campaign, supposed: Supposed, factor: float = 1.0) -> World:
    """Say it as the front-end does: shares of all dials, at a factor of the course."""
    person = min(supposed.answer_rate * factor * heard_share(supposed, campaign.ring_ns), 0.97)
    machine = (1.0 - person) * supposed.machines.share * heard_share(supposed, campaign.ring_ns)
    ring_ns = campaign.ring_ns
    return World(
        person=person,
        machine=machine,
        busy=(1.0 - person - machine) * supposed.busy.share,
        ring_least_ns=min(supposed.answer.least_ns, ring_ns - 1),
        ring_mean_ns=supposed.answer.mean_ns,
        ring_most_ns=min(supposed.answer.most_ns, ring_ns),
        no_answer_least_ns=supposed.no_answer.least_ns,
        busy_ns=supposed.busy.after_ns,
        talk_ns=supposed.talk.mean_ns,
        talk_cv=supposed.talk.cv,
        wrap_ns=supposed.wrap_up.mean_ns,
        wrap_cv=supposed.wrap_up.cv,
        detection_ns=supposed.machines.delay_ns,
        taken_for_machine=supposed.machines.persons_lost,
    )


def detection_of(campaign: Campaign, supposed: Supposed) -> Detection:
    """Say what the ledger has to know of detection: which share of machines heard is persons, on average."""
    machines = supposed.machines
    if not machines.delay_ns:
        return campaign.amd
    person = supposed.answer_rate
    lost = person * machines.persons_lost
    heard = lost + (1.0 - person) * machines.share
    share = campaign.amd.false_positives
    share = (lost / heard if heard else 0.0) if share is None else share
    return replace(campaign.amd, on=True, delay_ns=machines.delay_ns, false_positives=share)


class _Told:
    """A follower that tells a watch what the engine does."""

    def __init__(self, watch: Watch, queue: str) -> None:
        self._watch = watch
        self._queue = queue
        self._persons: dict[str, int] = {}
        self._callers: dict[str, int] = {}
        self.gone: list[tuple[int, int]] = []  # when, and who

    def __call__(self, engine: Engine, state: bytes | None) -> "_Told":
        """Be made by a host."""
        del engine, state
        return self

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Tell."""
        del command
        for event in events:
            self._one(event)

    def snapshot(self) -> bytes:
        """Nothing is kept."""
        return b""

    def _one(self, event: Event) -> None:
        watch, place = self._watch, (event.at_ns - START_NS) / SECOND
        match event:
            case DialRequested():
                watch.dialled(place, (event.carrier,))
            case AttemptEnded():
                watch.over(place)
                if event.outcome == "person":
                    self._persons[event.attempt] = event.at_ns
            case ContactEnqueued() if event.contact not in self._persons:
                self._callers[event.contact] = event.at_ns
            case OfferAccepted():
                watch.agent(int(event.agent), TALK, place)
                if event.contact in self._persons:
                    watch.connected((event.at_ns - self._persons.pop(event.contact)) / SECOND)
                else:
                    watch.served((event.at_ns - self._callers.pop(event.contact)) / SECOND)
            case WrapUpStarted():
                watch.agent(int(event.agent), WRAP, place)
            case AgentLoggedIn() | WrapUpEnded():
                watch.agent(int(event.agent), IDLE, place)
            case AgentLoggedOut():
                watch.agent(int(event.agent), GONE, place)
                self.gone.append((event.at_ns, int(event.agent)))
            case _:
                pass


class _Centre:
    """One day under way."""

    def __init__(
        self,
        outbound: Outbound,
        campaign: Campaign,
        supposed: Supposed,
        seed: int,
        every_s: float,
        database: Path,
    ) -> None:
        self._campaign = replace(campaign, amd=detection_of(campaign, supposed))
        self._outbound = replace(outbound, campaigns=(self._campaign,))
        self._supposed, self._seed, self._every_s = supposed, seed, every_s
        self._database = database
        config = centre_of(self._outbound, self._campaign, supposed)
        self._inbound = config.queues[-1].id
        self._watch = Watch(supposed.agents, supposed.day_ns / SECOND, every_s)
        self._told = _Told(self._watch, campaign.queue)
        self._clock = HandClock(START_NS)
        self._host = Host(
            config,
            settings=HostSettings(threads=False),
            clock=self._clock,
            followers={**followers(self._outbound), "told": self._told},
        )
        self._coming: list[tuple[int, int, int, int]] = []  # when, agent, length, what: 0 log-in, 1 pause
        self._out_for: dict[int, int] = {}
        self._failed = 0
        self._course = [(0, 1.0), *((one.from_ns, one.factor) for one in supposed.course)]
        self._plan()

    def live(self) -> tuple[DayFigures, list[Sample]]:
        """Let all of it happen."""
        supposed, name = self._supposed, self._campaign.id
        with self._host, Book(self._database, look_ns=10 * SECOND) as self._book:
            import_list(self._book, numbers(supposed.records or self._enough()), name, f"{name}-1", START_NS)
            with Dialer(self._host, self._book, self._outbound, threads=False) as self._dialer:
                self._dialer.set_state(name, "running")
                self._front = SimulatedFrontEnd(
                    self._host,
                    self._dialer,
                    self._clock,
                    world_of(self._campaign, supposed),
                    seed=self._seed,
                    decide_ns=self._outbound.settings.decide_ns,
                    fails=self._fails if supposed.failing else None,
                )
                end_ns = START_NS + supposed.day_ns
                self._front.run(end_ns, self._each)
                calls = {one.id: (one.begun, one.failed) for one in self._dialer.carriers()}
                left = sum(one.new for one in self._book.lists(name)) if supposed.records else None
                self._dialer.set_state(name, "draining")
                self._front.run(end_ns + _AFTER_NS, lambda _: None)
                standing = self._dialer.standing(name)
        if self._every_s:
            self._watch.sample(supposed.day_ns / SECOND, standing.answered, standing.abandoned)
        figures = self._watch.figures(
            self._seed, answered=standing.answered, abandoned=standing.abandoned, left=left, calls=calls
        )
        return figures, self._watch.samples

    def _each(self, at_ns: int) -> None:
        """See to who comes and goes, to the course of the day and the picture; told before every decision."""
        place_ns = at_ns - START_NS
        place = place_ns / SECOND
        for gone_ns, number in self._told.gone:
            heapq.heappush(self._coming, (gone_ns - START_NS + self._out_for.pop(number, 0), number, 0, 0))
        self._told.gone.clear()
        while self._coming and self._coming[0][0] <= place_ns:
            _, number, length_ns, what = heapq.heappop(self._coming)
            if what == 2:
                self._front.call(f"in-{number}", self._inbound)
            elif what == 0:
                self._host.apply(LogIn(str(number)))
            elif str(number) in self._host.read(_logged_in):
                self._out_for[number] = max(self._out_for.get(number, 0), length_ns)
                self._host.apply(LogOut(str(number)))
        while len(self._course) > 1 and self._course[1][0] <= place_ns:
            del self._course[0]
            self._front.suppose(world_of(self._campaign, self._supposed, self._course[0][1]))
        self._watch.lines({one.id: one.busy for one in self._dialer.carriers()})
        if self._supposed.records and place_ns % (10 * SECOND) == 0:
            self._look_for_records(at_ns, place)
        if self._watch.due(place):
            standing = self._dialer.standing(self._campaign.id)
            self._watch.sample(place, standing.answered, standing.abandoned)

    def _look_for_records(self, at_ns: int, place: float) -> None:
        found = self._book.next(self._campaign.id, at_ns, 1)
        if found:
            self._book.put_back(found)
        else:
            self._watch.run_out(place)

    def _plan(self) -> None:
        """Put down who comes and goes when, and who calls in."""
        supposed, day_ns = self._supposed, self._supposed.day_ns
        log_in_ns, break_ns = supposed.log_in_ns, supposed.break_ns
        for number in range(supposed.agents):
            self._coming.append((round(log_in_ns * self._u(_LOG_IN, number)), number, 0, 0))
            if break_ns:
                room_ns = max(day_ns - 2 * log_in_ns - 2 * break_ns, 0)
                at_ns = 2 * log_in_ns + round(room_ns * self._u(_BREAK, number))
                self._coming.append((at_ns, number, break_ns, 1))
            if self._u(_AWAY, number) < supposed.away.share:
                self._coming.append((supposed.away.from_ns, number, supposed.away.length_ns, 1))
        at, number = 0.0, 0
        while supposed.inbound:
            at -= log(self._u(_CALLS, number)) * HOUR / supposed.inbound
            if at >= day_ns:
                break
            self._coming.append((round(at), number, 0, 2))
            number += 1
        heapq.heapify(self._coming)

    def _fails(self, carrier: str, at_ns: int) -> bool:
        del carrier
        place_ns = at_ns - START_NS
        share = next(
            (one.share for one in self._supposed.failing if one.from_ns <= place_ns < one.until_ns), 0.0
        )
        self._failed += 1
        return bool(share) and self._u(_FAILING, self._failed) < share

    def _enough(self) -> int:
        """Reckon how many records a day may need: half as many again as agents who never wait would."""
        supposed = self._supposed
        calls = supposed.agents * supposed.day_ns / (supposed.talk.mean_ns + supposed.wrap_up.mean_ns)
        return min(ceil(1.5 * calls / supposed.answer_rate) + 500, 5_000_000)

    def _u(self, purpose: int, number: int) -> float:
        return unit(draw(stream(self._seed, purpose), number))


def _logged_in(engine: Engine) -> set[str]:
    return {name for name, view in engine.agents.items() if view.logged_in}


def _valid(number: str) -> bool:
    try:
        return e164(number) == number
    except DataError:
        return False
