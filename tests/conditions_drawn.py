"""Random conditions on the state of a queue.

Owns what such a text looks like; must not know what it means (``routing.conditions``).
"""

from collections.abc import Sequence
from random import Random


def comparison(random: Random, groups: Sequence[str]) -> str:
    count, operator = random.randint(0, 3), random.choice((">", ">=", "<", "<=", "==", "!="))
    texts = [
        f"waiting > {count}",
        f"waiting {operator} {count}",
        f"oldest >= {random.randint(1, 12)}ns",
        f"ready {operator} {count}",
        f"logged_in {operator} {count}",
        f"service_level < {random.choice((40, 60, 100))}",
        f"estimate >= {random.randint(1, 9)}ns",
    ]
    if groups:
        group = random.choice(groups)
        texts += [f"ready({group}) {operator} {count}", f"logged_in({group}) >= {count}"]
    return random.choice(texts)


def condition(random: Random, groups: Sequence[str]) -> str:
    """One comparison or two; now and then something that is no condition."""
    if random.randrange(100) < 2:
        return random.choice(("waiting", "waiting > ", "resting > 2", "oldest > 5 and"))
    first, second = comparison(random, groups), comparison(random, groups)
    return random.choice(
        (first, first, first, f"not {first}", f"{first} and {second}", f"{first} or {second}")
    )
