"""Random contact centres and random commands for them, from one source of randomness.

Ids come from small pools, so that commands meet the same things again, meet things that do not exist, and repeat
each other. Durations and ages are a few nanoseconds, so that instants coincide. A pinch of everything is wrong in
some way: an unknown name, a number out of range, a configuration that breaks a rule, and, with
``misuse``, a value that its type forbids.

Owns what a centre and a command may look like; must not know how any engine answers.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar, get_args

from features import ALL_FEATURES
from msgspec.structs import replace
from newer_nouns import TARGETS
from repertoire import Repertoire

from routing import commands
from routing.commands import Command, Device, EnqueueContact, FailCause
from routing.model import (
    UNLIMITED,
    Agent,
    Channel,
    Config,
    Limits,
    Overflow,
    Queue,
    Shift,
    Step,
)

AGENTS = tuple(f"a{number}" for number in range(7))
QUEUES = tuple(f"q{number}" for number in range(6))
CONTACTS = tuple(f"c{number}" for number in range(12))
SKILLS = ("s0", "s1", "s2", "s3")
GROUPS = ("g0", "g1", "g2")
CHANNELS = ("voice", "chat", "mail")
REASONS = ("lunch", "break")
REQUESTS = ("r0", "r1", "r2")
DEVICES: tuple[Device, ...] = get_args(Device)
FAIL_CAUSES: tuple[FailCause, ...] = get_args(FailCause)[:3]

#: As brief as everything else here: what counts by intervals would have a billion of them to go through otherwise.
BRIEF = Queue("q0", ring_timeout_ns=10, exclusion_ns=4, retry_delay_ns=4)

__all__ = ["ALL_FEATURES", "REQUESTS", "Centres", "Live"]

T = TypeVar("T")


def grown(pool: Sequence[str], scale: int) -> tuple[str, ...]:
    """A pool of ids ``scale`` times as large."""
    return tuple(f"{pool[0][0]}{number}" for number in range(len(pool) * scale))


@dataclass(frozen=True)
class Live:
    """What goes on, so that commands can aim at it: ringing (contact, agent, offer), and contacts in hand."""

    ringing: Sequence[tuple[str, str, int]] = ()
    in_hand: Sequence[str] = ()
    waiting: Sequence[str] = ()
    logged_in: Sequence[str] = ()
    now_ns: int = 0
    attempts: Sequence[str] = ()
    legs: Sequence[tuple[str, str]] = ()  # in hand, with their parents
    wrap_ups: Sequence[str] = ()


class Centres:
    """Makes configurations, nouns and commands out of ``random``."""

    def __init__(
        self, random: Random, *, misuse: bool = False, scale: int = 1, features: Collection[str] = frozenset()
    ) -> None:
        self.random = random
        self.more = Repertoire(random, features, GROUPS[:2])
        self.misuse = misuse
        self.scale = scale  # of the pools; the centres grow with them
        self.agents = grown(AGENTS, scale)
        self.queues = grown(QUEUES, scale)
        self.contacts = grown(CONTACTS, scale * scale)
        self.skills = grown(SKILLS, scale)
        self._makers: tuple[tuple[int, Callable[[Config, Live], Command]], ...] = (
            (18, self.log_in),
            (26, self.enqueue),
            (16, self.answer),
            (9, self.finish),
            (14, self.agent_command),
            (10, self.contact_command),
            (12, self.queue_command),
        )
        if self.more.features:
            self._makers += ((14, self.answer), (8, self.finish))
        if self.more.features & {"update", "conditions"}:
            self._makers += ((9, self.newer_command),)
        if self.more.has("calls"):
            self._makers += ((3, self.sync),)
        if self.more.has("resume"):
            self._makers += ((2, self.resume),)
        if self.more.has("attempts"):
            self._makers += ((14, self.dial),)
        if self.more.has("hands"):
            self._makers += ((22, self.hand_command), (16, self.leg), (7, self.wrapped_up))

    # Chance ------------------------------------------------------------------------------------------------

    def rarely(self, percent: int = 4) -> bool:
        return self.random.randrange(100) < percent

    def one(self, choices: Sequence[T]) -> T:
        return self.random.choice(choices)

    def some(self, choices: Sequence[T], most: int | None = None) -> tuple[T, ...]:
        """Some of them, in any order; ``most`` bounds their number."""
        count = self.random.randint(0, min(len(choices), len(choices) if most is None else most))
        return tuple(self.random.sample(list(choices), count))

    # Configurations ----------------------------------------------------------------------------------------

    def config(self) -> Config:
        random = self.random
        media = CHANNELS[: random.randint(1, 3)]
        channels = tuple(
            Channel(
                name,
                capacity=random.randint(1, 3),
                load=self.one((0, 0, 20, 50)),
                **self.more.interrupts(name, media),
            )
            for name in media
        )
        skills = self.skills[: random.randint(0, len(self.skills) - 1)]
        names = tuple(channel.id for channel in channels)
        agents = [
            self.agent(agent, skills, names)
            for agent in self.some(self.agents, len(self.agents) - 1) or self.agents[:1]
        ]
        queues = self.some(self.queues, len(self.queues) - 1) or self.queues[:1]
        members = [agent.id for agent in agents]
        reasons = self.one(((), (), REASONS))
        return Config(
            seed=random.randint(0, 9),
            channels=channels,
            skills=skills,
            groups=GROUPS[:2],
            agents=tuple(agents),
            queues=tuple(self.queue(queue, skills, members, queues) for queue in queues),
            shifts=(Shift("08:00", "16:00", agents=self.some(members, 2)),) if self.rarely(20) else (),
            not_ready_reasons=reasons,
            idle_since_ready=self.rarely(30),
            limits=self.limits() if self.rarely(30) else Limits(),
            **self.more.config(),
        )

    def limits(self) -> Limits:
        between = self.random.randint
        return Limits(
            agents=len(self.agents),
            queues=len(self.queues),
            skills=len(self.skills),
            groups=3,
            contacts=between(1, 6),
            queues_per_contact=between(1, 3),
            steps=between(3, 4),
            expression_terms=between(2, 5),
            requirements=between(2, 7),
            loads=between(1, 3),
            holds_per_contact=between(1, 3),
            overflows=between(0, 3),
            priority=between(0, 4),
            attributes=1,
            attribute_bytes=4,
            remembered_requests=between(0, 3),
            remembered_contacts=between(0, 3),
            **self.more.limits(),
        )

    def agent(self, agent: str, skills: Sequence[str], channels: Sequence[str]) -> Agent:
        between = self.random.randint
        own_channels = self.some(channels) if self.rarely(40) else ()
        groups = self.some(GROUPS[:2])
        if self.rarely(2):
            skills, groups = (*skills, "s9"), self.one((("g0", "g0"), ("g9",)))
        proficiency_most = 101 if self.misuse and self.rarely() else 100
        return Agent(
            agent,
            skills={skill: between(1, proficiency_most) for skill in self.some(skills)},
            groups=groups,
            channels={channel: between(0, 3) for channel in own_channels},
            load=-1 if self.misuse and self.rarely() else self.one((100, 50, 30)),
            **self.more.agent(),
        )

    def queue(self, queue: str, skills: Sequence[str], agents: Sequence[str], queues: Sequence[str]) -> Queue:
        by_list, by_groups, with_steps = self.rarely(40), self.rarely(30), self.rarely(50)
        members = self.some(agents) if by_list else ()
        if self.rarely(1):
            members = (*members, "a9")
        return Queue(
            queue,
            members=members,
            groups=self.some(GROUPS[:2]) if by_groups else (),
            strategy=(strategy := self.one(self.more.strategies())),
            ordering=self.one(self.more.orderings()),
            tier=self.one((0, 0, 0, 1, -1)),
            priority_credits_ns=self.one(((), (0, 5), (0, 3, 9), (2, 1))),
            requirement="" if with_steps else self.expression(skills),
            steps=self.steps(skills, own=False) if with_steps else (),
            ring_timeout_ns=self.one((0, 3, 10)),
            exclusion_ns=self.one((0, 4, 12)),
            retry_delay_ns=self.one((0, 4, 9)),
            misses_to_not_ready=self.one((0, 0, 1, 2)),
            wrap_up_ns=self.one((0, 0, UNLIMITED, 4, 9)),
            max_handling_ns=self.one((0, 0, 7)),
            max_wait=self.overflow(queues, after=(1, 20)) if self.rarely(40) else None,
            no_agent=self.overflow(queues, after=(0, 10)) if self.rarely(35) else None,
            max_length=self.overflow(queues, length=(1, 3)) if self.rarely(30) else None,
            closed=self.overflow(queues) if self.rarely(50) else None,
            on_close=self.one(("keep", "overflow")),
            hours="h9" if self.rarely(1) else "",
            **self.more.queue(queue, strategy, agents, queues, () if with_steps else skills),
        )

    def overflow(
        self, queues: Sequence[str], after: tuple[int, int] = (0, 0), length: tuple[int, int] = (0, 0)
    ) -> Overflow:
        to = self.one(("queue", "queue", *TARGETS))
        between = self.random.randint
        after_ns = 0 if self.rarely(2) else between(*after)
        return Overflow(
            to,
            self.one(queues) if to == "queue" else "",
            after_ns=after_ns,
            length=between(*length),
            keep_age=not self.rarely(40),
        )

    def expression(self, skills: Sequence[str]) -> str:
        if self.rarely(2):
            return self.one(("s0 +", "s9", "s0 and s9", "s0 >= 101", "not"))
        if not skills or self.rarely(40):
            return ""
        skill, other = self.one(skills), self.one(skills)
        number = self.one((0, 1, 40, 50, 60, 100))
        return self.one(
            (
                skill,
                f"not {skill}",
                f"{skill} >= {number}",
                f"{skill} < {number}",
                f"{skill} or {other} > {number}",
                f"not ({skill} < {number}) and not {other} >= 80",
                f"{skill} == {number} or 30 <= {other} <= 70",
                "True",
                "False or not " + skill,
            )
        )

    def steps(self, skills: Sequence[str], *, own: bool = True) -> tuple[Step, ...]:
        ages = sorted(self.random.sample(range(1, 25), self.random.randint(0, 2)))
        if self.rarely(3):
            ages = self.one(([0], [5, 5], [9, 3], [30, 31, 32, 33]))
        first = 1 if self.rarely(1) else 0
        steps = tuple(Step(self.expression(skills), age) for age in (first, *ages))
        return self.more.extra_steps(steps, skills, own=own)

    # Commands ----------------------------------------------------------------------------------------------

    def command(self, config: Config, live: Live) -> Command:
        """Any command; ``config`` and ``live`` say what there is to aim at."""
        weights = [weight for weight, _ in self._makers]
        _, make = self.random.choices(self._makers, weights)[0]
        return make(config, live)

    def any_agent(self, config: Config) -> str:
        known = [agent.id for agent in config.agents]
        return self.one(known) if known and not self.rarely(12) else self.odd_id(self.agents)

    def any_queue(self, config: Config) -> str:
        known = [queue.id for queue in config.queues]
        return self.one(known) if known and not self.rarely(12) else self.odd_id(self.queues)

    def odd_id(self, pool: Sequence[str]) -> str:
        return self.one(("", "x" * 129, "nobody")) if self.rarely(3) else self.one(pool)

    def log_in(self, config: Config, live: Live) -> Command:
        absent = [agent.id for agent in config.agents if agent.id not in live.logged_in]
        if self.more.features and not absent:
            return self.answer(config, live)
        agent = self.one(absent) if absent and not self.rarely(20) else self.any_agent(config)
        return commands.LogIn(agent, not self.rarely(15), self.one(("", "lunch", "sleep")))

    def enqueue(self, config: Config, live: Live) -> Command:
        del live
        kind, between = self.random.randrange(100), self.random.randint
        queues = tuple(self.any_queue(config) for _ in range(between(0, 3) if self.rarely(45) else 1))
        attributes: tuple[dict[str, str] | None, ...] = (
            None,
            None,
            {},
            {"k": "v"},
            {"k": "value"},
            {"k": "", "l": ""},
        )
        return EnqueueContact(
            self.more.fresh_id("c", 50) or self.odd_id(self.contacts),
            queues,
            "fax" if self.rarely(2) else self.one(config.channels).id,
            self.one((0, 0, 0, 1, 2, 3)) if not self.rarely(3) else self.one((-1, 200)),
            self.expression(config.skills) if kind < 22 else "",
            self.steps(config.skills) if 20 <= kind < 35 else (),
            self.one((0, 5, 9)) if not self.rarely(2) else self.one((-1, 2**60)),
            self.one((None, None, None, 0, 30, 80)) if not self.rarely(2) else self.one((-1, 1_000_001)),
            attributes=self.one(attributes),
            **self.more.contact([agent.id for agent in config.agents]),
        )

    def answer(self, config: Config, live: Live) -> Command:
        """A front-end's answer to something that rings, now and then a stale or a wrong one."""
        if not live.ringing:
            return self.enqueue(config, live)
        contact, agent, offer = self.one(live.ringing)
        offer = self.one((0, 0, offer, offer, offer + self.random.randint(-1, 1)))
        if self.rarely(8):
            agent = self.any_agent(config)
        if self.rarely(4):
            contact = self.odd_id(self.contacts)
        kind = self.random.randrange(100)
        if kind < 55:
            return commands.AcceptOffer(contact, agent, offer)
        if kind < 68:
            return commands.RejectOffer(contact, agent, offer)
        if kind < 88:
            cause: FailCause = "no_answer" if self.more.has("calls", 40) else self.one(FAIL_CAUSES)
            return commands.FailOffer(contact, agent, cause, offer)
        return commands.WithdrawOffer(contact, self.one((agent, "")), offer)

    def finish(self, config: Config, live: Live) -> Command:
        if not live.in_hand:
            return self.answer(config, live)
        contact = self.one(live.in_hand)
        return commands.CompleteContact(contact) if not self.rarely(40) else self.requeue(config, contact)

    def requeue(self, config: Config, contact: str) -> Command:
        known = [queue.id for queue in config.queues]
        queues: tuple[str, ...] = self.some(known, 2)
        if self.rarely(8):
            queues = tuple(self.any_queue(config) for _ in range(self.random.randint(1, 3)))
        steps = self.one((None, None, (), self.steps(config.skills)))
        return commands.RequeueContact(
            contact, queues, self.one((None, True, False)), self.one((None, None, 0, 2, 9)), steps
        )

    def agent_command(self, config: Config, live: Live) -> Command:
        present = live.logged_in and not self.rarely(15)
        agent = self.one(live.logged_in) if present else self.any_agent(config)
        reason = self.one(("", "lunch", "lunch", "sleep"))
        choices: tuple[Command, ...] = (
            commands.LogOut(agent),
            commands.SetReady(agent),
            commands.SetReady(agent),
            commands.SetNotReady(agent, reason),
            commands.ReportDevice(agent, self.one(DEVICES)),
            commands.ReportDevice(agent, "available"),
            commands.EndWrapUp(agent),
            commands.EndWrapUp(agent, self.odd_id(self.contacts)),
            commands.ResetCounts(self.one(("", agent))),
        )
        return self.one(choices)

    def contact_command(self, config: Config, live: Live) -> Command:
        alive = (*live.waiting, *live.in_hand, *(contact for contact, _, _ in live.ringing))
        contact = self.one(alive) if alive and not self.rarely(30) else self.odd_id(self.contacts)
        choices: tuple[Command, ...] = (
            commands.AbandonContact(contact),
            commands.AbandonContact(contact),
            commands.CompleteContact(contact),
            commands.CancelContact(contact, self.one(("", "why"))),
            commands.AcceptOffer(contact, self.any_agent(config)),
            self.requeue(config, contact),
            self.requeue(config, contact),
        )
        return self.one(choices)

    def newer_command(self, config: Config, live: Live) -> Command:
        alive = (*live.waiting, *live.waiting, *live.in_hand, *(contact for contact, _, _ in live.ringing))
        contact = self.one(alive) if alive and not self.rarely(10) else self.odd_id(self.contacts)
        return self.more.command(contact, self.any_queue(config))

    def sync(self, config: Config, live: Live) -> Command:
        alive = (*live.waiting, *live.in_hand, *(contact for contact, _, _ in live.ringing))
        agents = live.logged_in or [agent.id for agent in config.agents]
        return self.more.sync(tuple(dict.fromkeys(alive)), agents, live.attempts)

    def dial(self, config: Config, live: Live) -> Command:
        return self.more.dial(live.attempts, [agent.id for agent in config.agents], live.waiting)

    def hand_command(self, config: Config, live: Live) -> Command:
        if self.rarely(8):
            return commands.LogOut(self.one(live.logged_in or ("a0",)), force=True)
        if self.rarely(8):
            requeued = self.requeue(config, self.one(live.in_hand or live.waiting or ("c1",)))
            preferred = self.more.preferred([agent.id for agent in config.agents])
            return replace(requeued, preferred=preferred, prefer_ns=self.one((0, 3, 9, -1)))
        known = [queue.id for queue in config.queues]
        return self.more.in_hand(live.in_hand, live.legs, live.logged_in, known)

    def leg(self, config: Config, live: Live) -> Command:
        """A leg, mostly one that somebody can take; or something about those there are."""
        if live.legs and self.rarely(50):
            return self.hand_command(config, live)
        if not live.in_hand and not self.rarely(20):
            return self.answer(config, live)
        command = self.enqueue(config, live)
        assert isinstance(command, EnqueueContact)
        if config.queues and not self.rarely(30):
            plain = EnqueueContact(
                command.contact, (self.one(config.queues).id,), self.one(config.channels).id
            )
            command = replace(plain, load=self.one((None, 0)), direction=command.direction)
        return self.more.leg(command, live.in_hand)

    def wrapped_up(self, config: Config, live: Live) -> Command:
        """A remark, mostly about what is wrapped up, or the end of that."""
        agents = live.logged_in or [agent.id for agent in config.agents]
        if self.rarely(30):
            return commands.EndWrapUp(self.one(agents or ("a0",)), self.one(("", *live.wrap_ups)))
        return self.more.remark([*live.wrap_ups, *live.wrap_ups, *live.in_hand, *live.waiting], agents)

    def resume(self, config: Config, live: Live) -> Command:
        del config
        return self.more.resume(live.now_ns)

    def queue_command(self, config: Config, live: Live) -> Command:
        """Whatever changes queues, skills, groups, agents, or everything."""
        del live
        skills = config.skills
        channels = [channel.id for channel in config.channels]
        agents = [agent.id for agent in config.agents]
        queues = [queue.id for queue in config.queues]
        agent, queue = self.any_agent(config), self.any_queue(config)
        skill, group = self.odd_id(self.skills), self.odd_id(GROUPS)
        makers: tuple[Callable[[], Command], ...] = (
            lambda: commands.OpenQueue(queue),
            lambda: commands.CloseQueue(queue),
            lambda: commands.PutSkill("s 0" if self.rarely(5) else skill),
            lambda: commands.RemoveSkill(skill),
            lambda: commands.PutGroup("g " if self.rarely(5) else group),
            lambda: commands.RemoveGroup(group),
            lambda: commands.PutAgent(self.agent(self.one(self.agents), skills, channels)),
            lambda: commands.PutAgent(self.one(config.agents or (Agent("a0"),))),
            lambda: commands.SetSkills(agent, {name: self.one((1, 50, 100)) for name in self.some(skills)}),
            lambda: commands.SetSkills(agent, {self.one((*skills, "s9")): self.one((0, 40, 101))}),
            lambda: commands.RemoveAgent(agent),
            lambda: commands.PutQueue(self.queue(self.one(self.queues), skills, agents, queues or [queue])),
            lambda: commands.PutQueue(self.one(config.queues or (BRIEF,))),
            lambda: commands.RemoveQueue(queue, self.one(("", "", self.any_queue(config)))),
            lambda: commands.Configure(self.variation(config)),
        )
        return self.one(makers)()

    def variation(self, config: Config) -> Config:
        """Another configuration, a part of the present one in another order, or the very same."""
        kind = self.random.randrange(100)
        if kind < 30:
            return self.config()
        if kind < 40:
            return config
        changes: dict[str, Any] = {}
        other = self.config()
        for name in (
            "seed",
            "agents",
            "queues",
            "limits",
            "idle_since_ready",
            "skills",
            "not_ready_reasons",
            "shifts",
            *self.more.config(),
        ):
            if self.rarely(35):
                changes[name] = getattr(other, name)
        if self.rarely(50):
            changes["agents"] = self.some(config.agents)
        if self.rarely(50):
            changes["queues"] = self.some(config.queues)
        return Config(**{name: changes.get(name, getattr(config, name)) for name in config.__struct_fields__})
