"""The switches of the newer rules in random centres, and chance behind them.

A feature that is off draws nothing, so that runs without it stay as they were.

Owns the names of the features; must not know what any of them draws.
"""

from collections.abc import Collection, Sequence
from random import Random
from typing import Final, TypeVar

from conditions_drawn import condition

ALL_FEATURES: Final = frozenset(
    {
        "update",
        "reserves",
        "conditions",
        "split",
        "strategies",
        "rings",
        "preferences",
        "interrupts",
        "batches",
        "drain",
        "calls",
        "resume",
        "attempts",
    }
)

T = TypeVar("T")


class Switches:
    """What is on, and dice."""

    def __init__(self, random: Random, features: Collection[str], groups: Sequence[str]) -> None:
        if unknown := set(features) - ALL_FEATURES:
            raise ValueError(f"no such features: {', '.join(sorted(unknown))}")
        self.random = random
        self.features = frozenset(features)
        self.groups = groups

    def has(self, feature: str, percent: int = 100) -> bool:
        """Is the feature on, and so in this many of a hundred cases?"""
        return feature in self.features and (percent == 100 or self.random.randrange(100) < percent)

    def one(self, choices: Sequence[T]) -> T:
        return self.random.choice(choices)

    def some(self, choices: Sequence[T], most: int) -> tuple[T, ...]:
        count = self.random.randint(0, min(len(choices), most))
        return tuple(self.random.sample(list(choices), count))

    def condition(self, *, grouped: bool = True) -> str:
        return condition(self.random, self.groups if grouped else ())

    def fresh_id(self, letter: str, percent: int) -> str:
        """An id that hardly ever comes again, in this many of a hundred cases; so that there is enough to do."""
        fresh = bool(self.features) and self.random.randrange(100) < percent
        return f"{letter}{self.random.randrange(100, 100_000)}" if fresh else ""
