"""What the newer rules add to the nouns of a random centre.

Owns what the fields of a feature may look like; must not know the rest of a centre (``centres``).
"""

from collections.abc import Sequence
from typing import Any, Final, get_args

from features import Switches

from routing.model import AfterNotReady, Ordering, Overflow, Reserve, Step, Strategy, Target, Weights

OLD_STRATEGIES: Final[tuple[Strategy, ...]] = get_args(Strategy)[:7]
OLD_ORDERINGS: Final[tuple[Ordering, ...]] = get_args(Ordering)[:2]
TARGETS: Final[tuple[Target, ...]] = get_args(Target)


class NewerNouns(Switches):
    """Fields of channels, agents, queues and limits, by the features that are on."""

    def config(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if self.features & {"conditions", "drain"}:
            fields |= {"pane_ns": self.random.randint(5, 20)}
        if self.has("conditions"):
            fields |= {"service_level_panes": self.random.randint(1, 4)}
        if self.features & {"strategies", "batches"}:
            fields |= {"occupancy_window_ns": self.random.randint(12, 60)}
        if self.has("resume"):
            fields |= {"resume_grace_ns": self.one((0, 3, 12))}
        if self.has("attempts"):
            fields |= {"attempt_grace_ns": self.one((0, 9, 30))}
        if self.has("hands"):
            limits = {
                reason: self.random.randint(1, 25) for reason in self.some(("lunch", "missed_offers"), 2)
            }
            fields |= {"not_ready_limits_ns": limits, "after_not_ready": self.one(get_args(AfterNotReady))}
        return fields

    def limits(self) -> dict[str, int]:
        between = self.random.randint
        fields: dict[str, int] = {}
        if self.has("reserves") or "conditions" in self.features:
            fields |= {"reserves": between(2, 4)}
        if self.has("rings"):
            fields |= {"offers_per_contact": between(1, 4)}
        if self.has("preferences"):
            fields |= {"preferred": between(0, 3)}
        if self.has("batches"):
            fields |= {"batch_contacts": between(1, 3)}
        if self.has("attempts"):
            fields |= {"attempts": between(1, 3)}
        if self.has("hands"):
            fields |= {"legs": between(1, 3), "remark_bytes": self.one((4096, 4096, 20))}
        return fields

    def interrupts(self, channel: str, channels: Sequence[str]) -> dict[str, Any]:
        """A channel interrupts some of those after it, so nothing goes round in a circle."""
        if not self.has("interrupts"):
            return {}
        return {"interrupts": self.some(channels[channels.index(channel) + 1 :], 2)}

    def agent(self) -> dict[str, Any]:
        wanted = self.features & {"strategies", "batches"}
        return {"cost": self.one((0, 0, 1, 50))} if wanted else {}

    def strategies(self) -> tuple[Strategy, ...]:
        found = OLD_STRATEGIES
        if "strategies" in self.features:
            found += ("least_occupied", "weighted", "percent_allocation") * 2
        if "rings" in self.features:
            found += ("ring_all", "ring_n") * 2
        if "batches" in self.features:
            found += ("weighted",) * 3
        return found

    def orderings(self) -> tuple[Ordering, ...]:
        return get_args(Ordering) if "update" in self.features else OLD_ORDERINGS

    def queue(
        self,
        queue: str,
        strategy: Strategy,
        agents: Sequence[str],
        queues: Sequence[str],
        skills: Sequence[str],
    ) -> dict[str, Any]:
        between = self.random.randint
        fields: dict[str, Any] = {}
        if self.has("update"):
            fields |= {"credit_ns": self.one((0, 0, 4)), "service_level_ns": self.one((0, 3, 10))}
        if self.has("reserves", 45) or self.has("conditions", 35):
            fields |= {"reserves": tuple(self.reserve(agents) for _ in range(between(1, 3)))}
        if self.has("conditions", 45):
            fields |= {"overflow": tuple(self.overflow(queues) for _ in range(between(1, 2)))}
            fields |= {"service_level_ns": self.one((0, 2, 6))}
        if self.has("split", 30):
            fields |= {"split": self.split(queue, queues)}
        if strategy == "weighted":
            fields |= {"weights": Weights(*(self.one((0, 0, 1, 2, 30)) for _ in range(5)))}
        if strategy == "weighted" and self.has("batches", 60):
            fields |= {"batch_ns": self.one((0, 0, 3, 9))}
        if strategy == "percent_allocation":
            fields |= {
                "shares": {group: self.one((1, 2, 5)) for group in self.some(self.groups, 2) or self.groups}
            }
        if self.has("rings"):
            fields |= {"ring_agents": between(1, 3), "group_misses": self.one((False, True))}
        if self.has("drain", 40):
            fields |= {"drain_after_ns": between(1, 9)}
        if self.has("hands"):
            fields |= {"auto_answer": self.one((False, False, False, True))}
            fields |= {"disposition_required": self.one((False, False, True))}
            fields |= {"keep_age": self.one((False, True, True))}
        if skills and self.has("update", 15):
            fields |= {"score": self.score(skills)}
        return fields

    def reserve(self, agents: Sequence[str]) -> Reserve:
        """Some agents or groups, from an age on, on a condition, or both."""
        when = self.condition() if self.has("conditions", 60) else ""
        after_ns = self.one((0, 3, 8)) if when else self.one((1, 4, 9, 15))
        members = self.some(agents, 2)
        groups = self.some(self.groups, 1) if members else tuple(self.groups[:1])
        return Reserve(members, groups, after_ns, when)

    def overflow(self, queues: Sequence[str]) -> Overflow:
        to = self.one(("queue", "queue", "queue", *TARGETS))
        return Overflow(
            to,
            self.one(queues) if to == "queue" else "",
            after_ns=self.one((0, 1, 6, 14)),
            keep_age=self.one((True, True, False)),
            when=self.condition(),
        )

    def split(self, queue: str, queues: Sequence[str]) -> dict[str, int]:
        others = [*self.some([one for one in queues if one != queue], 2), queue]
        percents = {
            1: ((100,),),
            2: ((50, 50), (30, 70), (100, 0)),
            3: ((20, 30, 50), (34, 33, 33), (60, 0, 40)),
        }
        return dict(zip(others, self.one(percents[len(others)]), strict=True))

    def score(self, skills: Sequence[str]) -> str:
        if self.random.randrange(100) < 3:
            return self.one(("s9", "2*", "-1*s0"))
        skill, other = self.one(skills), self.one(skills)
        return self.one((skill, f"2*{skill}", skill if skill == other else f"3*{skill} + {other}"))

    def step(self, first: bool, skills: Sequence[str], *, own: bool) -> dict[str, str]:
        """What a step has beyond expression and age; ``own``: it is brought by a contact."""
        fields: dict[str, str] = {}
        if self.has("conditions", 2 if first else 50):
            fields |= {"when": self.condition(grouped=not own or self.random.randrange(100) < 3)}
        if skills and self.has("update", 20):
            fields |= {"score": self.score(skills)}
        return fields

    def extra_steps(self, steps: tuple[Step, ...], skills: Sequence[str], *, own: bool) -> tuple[Step, ...]:
        """The same steps with what the features add to them."""
        if not self.features & {"conditions", "update"}:
            return steps
        return tuple(
            Step(step.expression, step.after_ns, **self.step(not place, skills, own=own))
            for place, step in enumerate(steps)
        )
