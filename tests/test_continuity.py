"""Continuity: who drops and comes back gets what they had, exactly; contacts of one customer are one conversation.

Owns the rules of `routing.center.continuity`; the host's turn is tested in ``test_entering``.
"""

import random
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path

import pytest
from msgspec.structs import replace
from naive_continuity import conversation, given, lives

from routing import (
    AbandonContact,
    AcceptOffer,
    Agent,
    CancelContact,
    Channel,
    CompleteContact,
    Config,
    EnqueueContact,
    LogIn,
    LogOut,
    PlaceContact,
    Preference,
    Queue,
    RequeueContact,
    SyncCalls,
    UpdateContact,
)
from routing.center.continuity import (
    FOLLOWER,
    Continuity,
    Conversation,
    Owners,
    Owning,
    Returning,
    check_against,
    check_continuity,
    continuing,
    owned,
)
from routing.center.continuity.traces import DOOR, TURN, without
from routing.commands import Command, LiveCall
from routing.config.shape import to_struct
from routing.engine import Engine
from routing.errors import ConfigError
from routing.events import CommandRefused, ContactOffered, Event, Resumed
from routing.host import Host, Settings
from routing.model import Limits
from routing.units import MINUTE, SECOND
from routing.views import ContactView

pytestmark = pytest.mark.once

BY_HAND = Settings(threads=False)
CENTRE = Config(
    channels=(Channel("voice"), Channel("chat", capacity=3), Channel("email", capacity=3)),
    agents=(Agent("ann"), Agent("ben")),
    queues=(
        Queue("sales", ring_timeout_ns=0),
        Queue("tech", ring_timeout_ns=0, auto_answer=True),
        Queue("due", ordering="deadline"),
    ),
)
BOTH = Continuity(conversation_ns=100, returning=(Returning(within_ns=50, prefer_ns=9, most_ns=1_000),))


class HandClock:
    """A clock that a test sets."""

    def __init__(self, at_ns: int = 1_000) -> None:
        self.at_ns = at_ns

    def now_ns(self) -> int:
        return self.at_ns

    def not_before(self, at_ns: int) -> None:
        self.at_ns = max(self.at_ns, at_ns)


class Floor:
    """A host whose time a test moves, and what happened on it."""

    def __init__(
        self,
        settings: Continuity = BOTH,
        config: Config = CENTRE,
        path: Path | None = None,
        clock: HandClock | None = None,
    ) -> None:
        self.clock = clock or HandClock()
        self.path = path
        self.settings = settings
        self.config = config
        self.log: list[tuple[Command | None, tuple[Event, ...]]] = []
        self.host = self.open()

    def open(self) -> Host:
        log = self.log

        class Scribe:
            def __init__(self, engine: Engine, state: bytes | None) -> None:
                """Write nothing down: what is behind a snapshot is told again."""

            def follow(self, command: Command | None, events: Sequence[Event]) -> None:
                log.append((command, tuple(events)))

            def snapshot(self) -> bytes:
                return b""

        return Host(
            self.config,
            self.path,
            durability="none",
            settings=BY_HAND,
            clock=self.clock,
            followers={FOLLOWER: continuing(self.settings), "scribe": Scribe},
        )

    def at(self, at_ns: int, *commands: Command) -> tuple[Event, ...]:
        """Do commands at an instant, counted from the beginning; gives the events of the last."""
        self.clock.at_ns = max(self.clock.at_ns, 1_000 + at_ns)
        self.host.tick()
        events: tuple[Event, ...] = ()
        for command in commands:
            events = self.host.apply(command)
        return events

    def view(self, contact: str) -> ContactView:
        return self.host.read(lambda engine: engine.contacts[contact])

    def wants(self, contact: str) -> tuple[int, list[str], int]:
        """Credit, whom it prefers, for how long."""
        made = brought(self, contact)
        return made.credit_ns, [one.agent for one in made.preferred], made.prefer_ns

    def conversation(self, name: str) -> Conversation | None:
        found: Conversation | None = self.host.look(FOLLOWER, lambda wing: wing.conversation(name))
        return found


def brought(floor: Floor, contact: str) -> EnqueueContact:
    """The command as it was journaled."""
    made = floor.host.read(lambda engine: engine.brought(contact))
    assert isinstance(made, EnqueueContact)
    return made


@pytest.fixture
def floor() -> Floor:
    return Floor()


def call(contact: str, customer: str = "c1", *queues: str, **more: object) -> EnqueueContact:
    return EnqueueContact(contact, queues or ("sales",), customer=customer, **more)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------- the old place


def test_who_abandons_and_comes_back_in_time_has_the_old_place(floor: Floor) -> None:
    floor.at(0, call("a"))
    floor.at(10, AbandonContact("a"))
    floor.at(60, call("b"))
    assert floor.wants("b") == (60, [], 0)
    view = floor.view("b")
    assert view.enqueued_ns - view.credit_ns == 1_000
    assert view.attributes == {"continuity.conversation": "a", "continuity.place": "a 0 60"}


def test_a_moment_later_they_begin_anew(floor: Floor) -> None:
    floor.at(0, call("a"))
    floor.at(10, AbandonContact("a"))
    floor.at(61, call("b"))
    assert floor.wants("b") == (0, [], 0)


def test_again_and_again_the_place_is_that_of_the_first_time(floor: Floor) -> None:
    floor.at(0, call("a", credit_ns=5))
    floor.at(10, AbandonContact("a"))
    floor.at(20, call("b", credit_ns=5))
    assert floor.wants("b")[0] == 25
    floor.at(30, AbandonContact("b"))
    floor.at(50, call("c", credit_ns=5))
    assert floor.wants("c")[0] == 55
    floor.at(51, call("d"))
    assert floor.wants("d")[0] == 0  # the place was given back once


def test_the_age_is_given_back_up_to_a_cap_and_the_time_away_may_not_count() -> None:
    capped = Floor(Continuity(returning=(Returning(within_ns=50, most_ns=30),)))
    capped.at(0, call("a", credit_ns=3))
    capped.at(20, AbandonContact("a"))
    capped.at(40, call("b", credit_ns=3))
    assert capped.wants("b")[0] == 33
    capped.at(41, AbandonContact("b"))
    capped.at(42, call("c", credit_ns=3))
    assert capped.wants("c")[0] == 33  # not more from time to time
    away = Floor(Continuity(returning=(Returning(within_ns=50, count_away=False),)))
    away.at(0, call("a"))
    away.at(20, AbandonContact("a"))
    away.at(40, call("b"))
    assert away.wants("b")[0] == 20


def test_only_in_a_queue_in_which_they_were_and_as_they_stood_there(floor: Floor) -> None:
    floor.at(0, call("a", "c1", "sales", "due"))
    floor.at(5, RequeueContact("a", ("sales",), keep_age=False))
    floor.at(10, AbandonContact("a"))
    floor.at(20, call("b", "c1", "due"))
    assert floor.wants("b")[0] == 0
    floor.at(25, call("c", "c1", "due", "sales"))
    assert floor.wants("c")[0] == 20


def test_what_a_supervisor_added_is_kept(floor: Floor) -> None:
    floor.at(0, call("a"))
    floor.at(1, UpdateContact("a", credit_ns=500))
    floor.at(10, AbandonContact("a"))
    floor.at(20, call("b"))
    assert floor.wants("b")[0] == 520


def test_a_deadline_goes_along(floor: Floor) -> None:
    floor.at(0, call("a", "c1", "due", due_ns=7_777))
    floor.at(10, AbandonContact("a"))
    floor.at(20, call("b", "c1", "due"))
    assert floor.view("b").due_ns == 7_777
    assert floor.view("b").attributes["continuity.due"] == "a"


def served(seed: int, comes_back: bool) -> list[str]:
    """Who is served in which order, each by their customer, when one agent comes after all have come."""
    rng = random.Random(seed)
    floor = Floor(
        Continuity(returning=(Returning(within_ns=MINUTE),)),
        Config(
            agents=(Agent("ann"),),
            queues=(Queue("line", auto_answer=True, priority_credits_ns=(0, 7, 30)),),
        ),
    )
    steps: list[tuple[int, Command]] = []
    instants = rng.sample(range(1_000), 60)
    for number in range(12):
        came, *times = sorted(instants.pop() for _ in range(rng.choice((1, 1, 3, 5))))
        priority, own = rng.choice((0, 0, 1, 2)), rng.choice((0, 0, 13))
        made = EnqueueContact(
            f"{number}.0", ("line",), "voice", priority, credit_ns=own, customer=f"c{number}"
        )
        steps.append((came, made))
        if comes_back:
            for turn, (gone, back) in enumerate(zip(times[::2], times[1::2], strict=True)):
                steps.append((gone, AbandonContact(f"{number}.{turn}")))
                steps.append((back, replace(made, contact=f"{number}.{turn + 1}")))
    for at, command in sorted(steps, key=lambda one: one[0]):
        floor.at(at, command)
    order: list[str] = []
    events = floor.at(2_000, LogIn("ann"))
    while offered := [event for event in events if isinstance(event, ContactOffered)]:
        order.append(offered[0].contact.split(".")[0])
        events = floor.at(2_000, CompleteContact(offered[0].contact))
    return order


@pytest.mark.parametrize("seed", range(25))
def test_who_came_back_stands_where_they_would_have_stood(seed: int) -> None:
    stayed = served(seed, comes_back=False)
    assert len(stayed) == 12
    assert served(seed, comes_back=True) == stayed, f"seed {seed}"


# ------------------------------------------------------------------------------------------- the same agent


def talk(floor: Floor, contact: str, agent: str = "ann", **more: object) -> None:
    floor.at(0, LogIn(agent), call(contact, **more))  # type: ignore[arg-type]
    floor.at(5, AcceptOffer(contact, agent))


def test_who_is_cut_off_gets_the_same_agent(floor: Floor) -> None:
    talk(floor, "a", front_end="pbx")
    floor.at(6, LogIn("ben"))
    floor.at(20, SyncCalls("pbx"))  # the line broke: the call is lost
    (*_, offered) = floor.at(30, call("b"))
    assert isinstance(offered, ContactOffered)
    assert offered.agent == "ann"
    assert floor.wants("b") == (30, ["ann"], 9)
    assert floor.view("b").attributes["continuity.agent"] == "a"


def test_who_was_transferred_and_answered_at_once_has_a_place_where_they_were_last(floor: Floor) -> None:
    talk(floor, "a", front_end="pbx")
    floor.at(6, LogIn("ben"))
    floor.at(7, RequeueContact("a", ("tech",), keep_age=True))  # which answers by itself
    assert floor.view("a").state == "handling"
    floor.at(20, SyncCalls("pbx"))
    floor.at(30, call("b"), CancelContact("b"))
    assert floor.wants("b") == (0, ["ben"], 9)
    floor.at(40, call("c", "c2"), AbandonContact("c"))


def test_which_outcomes_count_is_a_setting(floor: Floor) -> None:
    talk(floor, "a")
    floor.at(20, CompleteContact("a"))
    floor.at(30, call("b"))
    assert floor.wants("b") == (0, [], 0)
    handled = Floor(
        Continuity(returning=(Returning(within_ns=50, outcomes=("handled",), gives="agent", prefer_ns=3),))
    )
    talk(handled, "a")
    handled.at(20, CompleteContact("a"))
    handled.at(30, call("b"))
    assert handled.wants("b") == (0, ["ann"], 3)


def test_what_the_front_end_prefers_is_left_alone(floor: Floor) -> None:
    talk(floor, "a", front_end="pbx")
    floor.at(20, SyncCalls("pbx"))
    floor.at(30, call("b", preferred=(Preference("ben"),), prefer_ns=4))
    assert floor.wants("b") == (30, ["ben"], 4)


def test_by_queue_and_channel() -> None:
    floor = Floor(
        Continuity(
            returning=(
                Returning(within_ns=50, queues=("tech",), outcomes=("abandoned", "handled"), gives="agent"),
                Returning(within_ns=10, channels=("voice",), gives="place"),
                Returning(within_ns=500, channels=("chat", "email"), same_channel=False),
            )
        )
    )
    floor.at(0, call("a"), call("m", "c2", channel="chat"), call("n", "c3", channel="chat"))
    floor.at(10, AbandonContact("a"), AbandonContact("m"), AbandonContact("n"))
    floor.at(21, call("b"), call("o", "c2", channel="email"), call("p", "c3"))
    assert [floor.wants(one)[0] for one in "bop"] == [0, 21, 0]
    floor.at(22, call("q", "c4"))
    floor.at(23, AbandonContact("q"))
    floor.at(24, call("r", "c4"))
    assert floor.wants("r")[0] == 2


def test_legs_internal_and_placed_calls_are_nobody_who_comes_back(floor: Floor) -> None:
    talk(floor, "a")
    floor.at(6, EnqueueContact("a.1", ("sales",), customer="c1", parent="a", direction="internal"))
    floor.at(7, AbandonContact("a.1"))
    floor.at(8, call("b", "c1"))
    assert floor.wants("b")[0] == 0
    assert floor.view("b").attributes == {"continuity.conversation": "a"}


# ------------------------------------------------------------------------------------------- who is the same


def test_told_apart_by_an_attribute() -> None:
    floor = Floor(Continuity(by=("account", "customer"), returning=(Returning(within_ns=50),)))
    floor.at(0, call("a", "", attributes={"account": "7"}), call("x", "7"))
    floor.at(1, AbandonContact("a"), AbandonContact("x"))
    floor.at(2, call("b", "", attributes={"account": "7"}), call("y", "7"), call("z", ""))
    assert floor.view("b").attributes["continuity.place"] == "a 0 2"
    assert floor.view("y").attributes["continuity.place"] == "x 0 2"
    assert floor.view("z").attributes == {}


def test_a_front_end_cannot_forge_what_is_added(floor: Floor) -> None:
    forged = call(
        "b", attributes={"continuity.place": "a 0 900", "continuity.agent": "a", "vip": "1"}, credit_ns=900
    )
    floor.at(0, forged)
    assert floor.wants("b") == (0, [], 0)
    assert floor.view("b").attributes == {"vip": "1"}


def test_where_there_is_no_room_nothing_is_added() -> None:
    floor = Floor(config=replace(CENTRE, limits=Limits(attributes=1)))
    floor.at(0, call("a"))
    floor.at(10, AbandonContact("a"))
    events = floor.at(20, call("b", attributes={"k": "v"}))
    assert not isinstance(events[0], CommandRefused)
    assert floor.wants("b")[0] == 0


# ------------------------------------------------------------------------------------------- conversations


def test_chat_email_and_voice_of_one_customer_are_one_conversation(floor: Floor) -> None:
    floor.at(0, LogIn("ann"), call("mail", channel="email"))
    floor.at(3, AcceptOffer("mail", "ann"), CompleteContact("mail"))
    floor.at(50, call("chat", channel="chat"), call("other", "c2"))
    floor.at(60, AcceptOffer("chat", "ann"), CompleteContact("chat"))
    floor.at(160, call("voice"))
    assert floor.view("voice").attributes["continuity.conversation"] == "mail"
    found = floor.conversation("voice")
    assert found is not None
    assert (found.conversation, found.open_until_ns) == ("mail", -1)
    assert [(one.contact, one.channel, one.outcome, one.agent) for one in found.parts] == [
        ("mail", "email", "handled", "ann"),
        ("chat", "chat", "handled", "ann"),
        ("voice", "voice", "", ""),
    ]
    assert floor.conversation("mail") == found
    floor.at(170, AbandonContact("voice"))
    floor.at(271, call("late"))
    assert "continuity.conversation" not in floor.view("late").attributes
    assert floor.conversation("mail") is None


def test_who_is_too_many_is_forgotten_and_those_who_are_there_are_not() -> None:
    floor = Floor(replace(BOTH, people=3, contacts=2))
    floor.at(0, *(call(f"k{number}", f"c{number}") for number in range(6)))
    for number in range(5):
        floor.at(number + 1, AbandonContact(f"k{number}"))
    people = floor.host.look(FOLLOWER, lambda wing: sorted(wing._people.people))
    assert people == ["customer=c3", "customer=c4", "customer=c5"]
    floor.at(10, *(call(f"m{number}", "c5") for number in range(4)))
    found = floor.conversation("k5")
    assert found is not None
    assert [one.contact for one in found.parts] == ["k5", "m0", "m1", "m2", "m3"]  # all of them are there


# ------------------------------------------------------------------------------------------- side by side


def random_settings(rng: random.Random) -> Continuity:
    rules = tuple(
        Returning(
            within_ns=rng.choice((10, 60)),
            queues=rng.choice(((), ("sales",), ("tech", "due"))),
            channels=rng.choice(((), (), ("voice",), ("voice", "chat"))),
            same_channel=rng.random() < 0.6,
            outcomes=tuple(
                sorted(rng.sample(["abandoned", "lost", "cancelled", "handled"], rng.choice((1, 2, 4))))
            ),
            gives=rng.choice(("both", "both", "place")),
            most_ns=rng.choice((25, 1_000)),
            count_away=rng.random() < 0.7,
            prefer_ns=rng.choice((0, 8)),
        )
        for _ in range(rng.choice((1, 2, 3)))
    )
    by = rng.choice((("customer",), ("account", "customer")))
    return Continuity(by=by, conversation_ns=rng.choice((0, 30, 100)), returning=rules, people=1_000)


def random_command(rng: random.Random, floor: Floor, number: int) -> Command:
    views: list[ContactView] = floor.host.read(lambda engine: list(engine.contacts.values()))
    if not views or rng.random() < 0.4:
        customer, account = (
            rng.choice(("", "c1", "c2", "c3")),
            rng.choice((None, None, {"account": "7"}, {"k": "v"})),
        )
        queues = rng.choice((("sales",), ("sales", "tech"), ("due",), ("tech",)))
        channel, own = rng.choice(("voice", "voice", "chat", "email")), rng.choice((0, 0, 40))
        front_end = rng.choice(("pbx", "web"))
        if rng.random() < 0.06:
            return PlaceContact(f"k{number}", rng.choice(("ann", "ben")), "sales", customer=customer)
        talking = [view for view in views if view.state == "handling" and not view.parent]
        if talking and rng.random() < 0.1:
            parent = rng.choice(talking)
            return EnqueueContact(
                f"k{number}", ("sales",), customer=customer, parent=parent.id, direction="internal"
            )
        return EnqueueContact(
            f"k{number}",
            queues,
            channel,
            credit_ns=own,
            customer=customer,
            attributes=account,
            front_end=front_end,
        )
    view = rng.choice(views)
    draw = rng.random()
    if view.state == "offered" and draw < 0.5:
        return AcceptOffer(view.id, view.segments[0].agent)
    if view.state == "handling" and draw < 0.5:
        return CompleteContact(view.id)
    if draw < 0.62:
        return AbandonContact(view.id)
    if draw < 0.7:
        return RequeueContact(view.id, rng.choice(((), ("tech",), ("sales", "due"))), rng.random() < 0.5)
    if draw < 0.77:
        return UpdateContact(view.id, credit_ns=rng.choice((0, 15, 90)))
    if draw < 0.82:
        return CancelContact(view.id)
    if draw < 0.88:
        alive = tuple(LiveCall(one.id) for one in views if rng.random() < 0.5 and one.front_end == "pbx")
        return SyncCalls("pbx", alive)
    agent = rng.choice(("ann", "ben"))
    return LogIn(agent) if draw < 0.96 else LogOut(agent, force=True)


def side_by_side(seed: int, tmp_path: Path, steps: int = 60) -> int:
    """One run; gives how often something was given back."""
    rng = random.Random(f"continuity {seed}")
    floor = Floor(random_settings(rng), path=tmp_path / f"journal-{seed}")
    at = given_back = 0
    for number in range(steps):
        at += rng.choice((0, 0, 1, 3, 9, 25))
        floor.at(at)
        if rng.random() < 0.06:  # let go without a farewell, and opened again
            floor = reopened(floor, tmp_path / f"journal-{seed}-{number}")
        command = random_command(rng, floor, number)
        if not isinstance(command, EnqueueContact):
            floor.host.apply(command)
            continue
        now = floor.clock.at_ns
        log = list(floor.log)
        credit, agent, wait = given(log, floor.settings, command, now)
        going_on = "" if command.parent else conversation(log, floor.settings, whose_of(floor, command), now)
        events = floor.host.apply(command)
        if isinstance(events[0], CommandRefused):
            continue
        made = brought(floor, command.contact)
        told = made.attributes or {}
        expected = (credit, [agent] if agent else [], wait, going_on)
        got = (
            made.credit_ns,
            [one.agent for one in made.preferred],
            made.prefer_ns,
            told.get("continuity.conversation", ""),
        )
        assert got == expected, f"seed {seed}, step {number}: {command}"
        assert without(made, TURN) == without(command, TURN), f"seed {seed}, step {number}"
        given_back += credit != command.credit_ns or bool(agent)
    agrees_with_the_history(floor)
    floor.host.close()
    return given_back


def whose_of(floor: Floor, command: EnqueueContact) -> str:
    found: str = floor.host.look(FOLLOWER, lambda wing: wing.concerns(command))
    return found


def reopened(floor: Floor, path: Path) -> Floor:
    """The same centre, from its journal as it stands on the disk."""
    if floor.clock.at_ns % 2:
        floor.host.snapshot()
    assert floor.path is not None
    for file in floor.path.parent.glob(floor.path.name + "*"):
        if file.name.removeprefix(floor.path.name) in ("", "-wal", "-shm"):
            file.with_name(path.name + file.name.removeprefix(floor.path.name)).write_bytes(file.read_bytes())
    kept = [entry for entry in floor.log if entry[1]]
    fresh = Floor(floor.settings, floor.config, path, floor.clock)
    told = [entry for entry in fresh.log if entry[1]]
    place = max(
        (place for place, (_, events) in enumerate(told) if isinstance(events[0], Resumed)), default=0
    )
    fresh.log[:] = [*kept, *told[place:]]
    return fresh


def agrees_with_the_history(floor: Floor) -> None:
    """What `routing.customers` makes of the history, once everything is over, is what was told as it came."""
    earlier = pytest.importorskip("routing.customers.earlier")
    shapes = pytest.importorskip("routing.customers.shapes")
    floor.at(10_000)
    for view in floor.host.read(lambda engine: list(engine.contacts.values())):
        floor.host.apply(CancelContact(view.id))
    for customer in ("customer=c1", "customer=c2", "customer=c3"):
        from_log = [one for one in lives(floor.log, floor.settings.by) if one.whom == customer]
        found = [
            shapes.Earlier(
                contact=one.id,
                channel="",
                queue="",
                agent="",
                arrived_ns=one.arrived,
                answered_ns=0,
                ended_ns=one.end,
                outcome=one.outcome,
            )
            for one in from_log
        ]
        parted = {
            one.contact: {each.contact for each in group.contacts}
            for group in earlier.conversations(found, floor.settings.conversation_ns)
            for one in group.contacts
        }
        told: dict[str, set[str]] = {}
        for one in from_log:
            attributes = one.command.attributes or {}
            going_on = attributes.get("continuity.conversation", "")
            if isinstance(one.command, EnqueueContact) and not one.command.parent:
                told.setdefault(going_on or one.id, set()).add(one.id)
        for name, members in told.items():
            assert members <= parted[name], (customer, name)


@pytest.mark.parametrize("part", range(3))
def test_what_is_given_is_what_a_plain_recount_says(part: int, tmp_path: Path) -> None:
    found = sum(side_by_side(seed, tmp_path) for seed in range(12 * part, 12 * part + 12))
    assert found > 5


@pytest.mark.long
def test_many_more_runs_side_by_side(tmp_path: Path) -> None:
    assert sum(side_by_side(seed, tmp_path, 150) for seed in range(1_000, 1_100)) > 200


# ------------------------------------------------------------------------------------------- a directory's answer


class Directory:
    """Answers what a test says."""

    def __init__(self, state: str = "found", customer: str = "", **routing: str) -> None:
        self.state, self.customer, self.routing = state, customer, routing
        self.asked: list[tuple[str, str, int]] = []

    def look_up(self, kind: str, value: str, *, within_ns: int) -> "Directory":
        self.asked.append((kind, value, within_ns))
        return self


OWNERS = Owners(attributes=("segment", "language"), prefer_ns=15, score=3)


def test_the_account_owner_is_preferred_else_the_last_agent() -> None:
    crm = Directory(customer="c7", account_owner="ann", last_agent="ben", segment="gold", name="never")
    made = Owning(crm, OWNERS).complete(call("a", ""), "number", "+442079460018")
    assert (made.customer, made.preferred, made.prefer_ns) == ("c7", (Preference("ann", 3),), 15)
    assert made.attributes is not None
    assert {name for name in made.attributes if "." not in name} == {"segment"}
    assert crm.asked == [("number", "+442079460018", SECOND // 20)]
    crm.routing = {"last_agent": "ben"}
    assert Owning(crm, OWNERS).complete(call("a", ""), "number", "1").preferred == (Preference("ben", 3),)


def test_what_was_sent_is_left_and_only_what_is_found_adds() -> None:
    crm = Directory(customer="c7", account_owner="ann", segment="gold")
    sent = call("a", "c1", preferred=(Preference("ben"),), attributes={"segment": "new"})
    assert owned(sent, crm, OWNERS) == sent
    for state in ("absent", "not_yet", "unavailable"):
        crm.state = state
        assert owned(call("a", ""), crm, OWNERS) == call("a", "")


def test_a_directory_that_is_slow_delays_nobody_beyond_its_limit() -> None:
    customers = pytest.importorskip("routing.customers")

    class Never:
        def submit(self, *_: str) -> "Future[object]":
            return Future()

        def close(self) -> None:
            """Nothing to let go."""

    directory = customers.Answering(Never())
    door = Owning(directory, replace(OWNERS, within_ns=SECOND // 1_000))
    assert door.complete(call("a", ""), "number", "1") == call("a", "")
    assert directory.figures().not_in_time == 1


def test_a_contact_that_is_sent_again_is_known_though_the_directory_answers_otherwise(floor: Floor) -> None:
    crm = Directory(customer="c7", account_owner="ann", segment="gold")
    sent = call("a", "", attributes={"k": "v"})
    floor.at(0, owned(sent, crm, OWNERS))
    for other in (Directory(customer="c7", last_agent="ben"), Directory(state="unavailable"), crm):
        (refused,) = floor.at(1, owned(sent, other, OWNERS))
        assert isinstance(refused, CommandRefused)
        assert refused.reason == "already_so"
    (refused,) = floor.at(2, owned(replace(sent, priority=1), crm, OWNERS))
    assert isinstance(refused, CommandRefused)
    assert refused.detail == "exists with a different priority"


def test_who_talked_with_them_comes_before_who_owns_them(floor: Floor) -> None:
    talk(floor, "a", "ben", front_end="pbx")
    floor.at(20, SyncCalls("pbx"))
    floor.at(30, owned(call("b"), Directory(account_owner="ann"), OWNERS))
    assert floor.wants("b") == (30, ["ben", "ann"], 15)
    made = floor.host.read(lambda engine: engine.brought("b"))
    assert isinstance(made, EnqueueContact)
    assert made.preferred[0].score > made.preferred[1].score
    assert without(made, TURN | DOOR) == call("b")


# ------------------------------------------------------------------------------------------- settings


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"by": []}, "continuity.by"),
        ({"by": ["customer", "customer"]}, "continuity.by[1]"),
        ({"returning": [{"outcomes": []}]}, "continuity.returning[0].outcomes"),
        ({"returning": [{"within": "0s"}]}, "continuity.returning[0].within"),
        ({"returning": [{"gives": "agent", "outcomes": ["abandoned"]}]}, "continuity.returning[0].gives"),
        ({"owners": {"attributes": ["a,b"]}}, "continuity.owners.attributes[0]"),
    ],
)
def test_settings_that_cannot_be_meant(raw: dict[str, object], path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_continuity(to_struct(raw, Continuity))
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (Returning(queues=("salse",)), "continuity.returning[0].queues[0]"),
        (Returning(channels=("fax",)), "continuity.returning[0].channels[0]"),
    ],
)
def test_settings_that_do_not_fit_the_centre(rule: Returning, path: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check_against(Continuity(returning=(rule,)), CENTRE)
    assert caught.value.path == path
    check_against(BOTH, CENTRE)


def test_settings_as_a_file_spells_them() -> None:
    raw = {
        "conversation": "2h",
        "returning": [{"within": "5m", "gives": "place", "most": "30m", "prefer": "10s"}],
    }
    read = to_struct(raw, Continuity)
    assert (read.conversation_ns, read.returning[0].most_ns) == (120 * MINUTE, 30 * MINUTE)
