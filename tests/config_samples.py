"""Sound configurations, and ways to spoil them, for the tests of ``routing.config``."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st

from routing.errors import ConfigError
from routing.model import (
    UNLIMITED,
    Agent,
    Channel,
    Config,
    Holiday,
    Hours,
    OpenSpan,
    Overflow,
    Queue,
    Reserve,
    Shift,
    Step,
    Strategy,
    Weights,
)
from routing.units import MAX_DURATION_NS, MINUTE

CENTRE = """
name = "Example"
timezone = "Europe/Berlin"
skills = ["tech", "spanish"]
groups = ["day"]

[[channels]]
id = "voice"

[[channels]]
id = "chat"
capacity = 3

[[agents]]
id = "ann"
skills = {tech = 50, spanish = 80}
groups = ["day"]
channels = {voice = 1, chat = 2}

[[agents]]
id = "bob"

[[queues]]
id = "sales"
members = ["bob"]
groups = ["day"]
requirement = "spanish >= 70"
ring_timeout = "15s"
wrap_up = "unlimited"
priority_credits = ["0s", "30s"]
max_wait = {to = "queue", queue = "support", after = "5m"}
max_length = {length = 100}
hours = "office"

[[queues]]
id = "support"
steps = [{expression = "tech >= 50"}, {after = "1m30s"}]
no_agent = {to = "voicemail"}
closed = {to = "queue", queue = "sales", keep_age = false}

[[hours]]
id = "office"
weekly = [{days = ["mon", "tue"], opens = "08:00", closes = "18:00"}]
holidays = [{date = "2026-12-25"}, {date = "2026-12-24", opens = "08:00", closes = "12:00"}]

[[shifts]]
starts = "08:00"
ends = "16:00"
agents = ["bob"]
groups = ["day"]
from_date = "2026-01-01"
"""


def centre() -> dict[str, Any]:
    """Plain data that passes every check, for one thing to be spoilt."""
    return {
        "skills": ["tech", "spanish"],
        "groups": ["day"],
        "agents": [{"id": "ann", "skills": {"tech": 50}, "groups": ["day"]}, {"id": "bob"}],
        "queues": [{"id": "sales"}, {"id": "support", "steps": [{}, {"expression": "tech", "after": "9s"}]}],
        "hours": [{"id": "office", "weekly": [{"days": ["mon"], "opens": "08:00", "closes": "18:00"}]}],
        "shifts": [{"starts": "08:00", "ends": "16:00", "agents": ["ann"]}],
    }


def complaint(check: Callable[[], object]) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        check()
    assert "\n" not in str(caught.value)
    return caught.value


Spoil = Callable[[dict[str, Any]], object]


def put(path: str, value: object) -> Spoil:
    """Give a function that sets ``queues.0.strategy`` in plain data."""

    def spoil(raw: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        place: Any = raw
        for parent in parents:
            place = place[int(parent)] if isinstance(place, list) else place.setdefault(parent, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value

    return spoil


ids = st.text("abcxyz 09_-äß\u200c", min_size=1, max_size=8).filter(lambda text: text == text.strip())
days = st.sampled_from(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
durations = st.integers(0, MAX_DURATION_NS)


@st.composite
def overflows(draw: st.DrawFn, name: str, queues: list[str]) -> Overflow | None:
    to = draw(st.sampled_from(("queue", "voicemail", "callback", "disconnect", None)))
    if to is None:
        return None
    after_ns = {
        "max_wait": st.integers(1, MAX_DURATION_NS),
        "no_agent": durations,
        "overflow": durations,
    }.get(name, st.just(0))
    return Overflow(
        to,  # type: ignore[arg-type]
        queue=draw(st.sampled_from(queues)) if to == "queue" else "",
        after_ns=draw(after_ns),
        length=draw(st.integers(1, 1000)) if name == "max_length" else 0,
        keep_age=draw(st.booleans()),
        when=draw(conditions([])) if name == "overflow" else "",
    )


@st.composite
def conditions(draw: st.DrawFn, groups: list[str]) -> str:
    """Conditions that name some of the groups at most."""
    terms = ["waiting > {}", "{} <= ready", "oldest >= {}s", "not estimate < {}ms", "service_level < {}"]
    terms += [f"logged_in({group}) == {{}}" for group in groups]
    parts = draw(st.lists(st.sampled_from(terms), min_size=1, max_size=3))
    return " or ".join(part.format(draw(st.integers(0, 99))) for part in parts)


@st.composite
def splits(draw: st.DrawFn, queues: list[str]) -> dict[str, int]:
    """Nothing, or percents that are 100 together."""
    if not draw(st.booleans()):
        return {}
    names = draw(st.lists(st.sampled_from(queues), min_size=1, unique=True))
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(names) - 1, max_size=len(names) - 1)))
    return {name: high - low for name, low, high in zip(names, [0, *cuts], [*cuts, 100], strict=True)}


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Sound configurations of every kind of noun."""
    skills = draw(st.lists(st.sampled_from(("tech", "lang_es", "grüße", "on", "null_")), unique=True))
    groups = draw(st.lists(ids, unique=True, max_size=3))
    channels = draw(st.lists(ids, unique=True, max_size=3))
    queues = draw(st.lists(ids, unique=True, max_size=3))
    agents = draw(st.lists(ids, unique=True, max_size=4))
    hours = draw(st.lists(ids, unique=True, max_size=2))

    def some(names: list[str]) -> tuple[str, ...]:
        return tuple(draw(st.lists(st.sampled_from(names), unique=True))) if names else ()

    def expression() -> str:
        return draw(
            st.sampled_from(
                (" or ".join(some(skills)), " and\n".join(f"{skill} >= 5" for skill in some(skills)))
            )
        )

    def steps() -> tuple[Step, ...]:
        ages = sorted(draw(st.sets(st.integers(1, MAX_DURATION_NS), max_size=3)))
        return tuple(
            Step(expression(), age, when=draw(maybe(conditions(groups))) if age else "", score=score())
            for age in (0, *ages)
        )

    def score() -> str:
        return " - ".join(f"{draw(st.integers(1, 1000))}*{skill}" for skill in some(skills))

    def maybe(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        return st.just("") | texts

    def reserves() -> tuple[Reserve, ...]:
        if not (agents or groups):
            return ()
        return tuple(
            Reserve(
                members=tuple(agents[:1]) or some(agents),
                groups=some(groups) if agents else tuple(groups),
                after_ns=draw(st.integers(1, MAX_DURATION_NS)),
                when=draw(maybe(conditions(groups))),
            )
            for _ in range(draw(st.integers(0, 2)))
        )

    def queue(name: str) -> Queue:
        stepped = draw(st.booleans())
        strategies: list[Strategy] = ["linear", "longest_idle", "weighted", "ring_n"]
        if groups:
            strategies.append("percent_allocation")
        strategy = draw(st.sampled_from(strategies))
        shared = strategy == "percent_allocation"
        return Queue(
            name,
            members=some(agents),
            groups=some(groups),
            strategy=strategy,
            tier=draw(st.integers(-5, 5)),
            priority_credits_ns=tuple(draw(st.lists(durations, max_size=3))),
            requirement="" if stepped else expression(),
            steps=steps() if stepped else (),
            ring_timeout_ns=draw(durations),
            wrap_up_ns=draw(durations | st.just(UNLIMITED)),
            hours=draw(st.sampled_from(["", *hours])),
            max_wait=draw(overflows("max_wait", queues)),
            no_agent=draw(overflows("no_agent", queues)),
            max_length=draw(overflows("max_length", queues)),
            closed=draw(overflows("closed", queues)),
            score="" if stepped else score(),
            credit_ns=draw(durations),
            reserves=reserves(),
            weights=Weights(*draw(st.lists(st.integers(0, 10_000), max_size=5))),
            shares={group: draw(st.integers(1, 99)) for group in groups[::-1]} if shared else {},
            ring_agents=draw(st.integers(1, 64)),
            group_misses=draw(st.booleans()),
            split=draw(splits(queues)),
            overflow=tuple(filter(None, draw(st.lists(overflows("overflow", queues), max_size=2)))),
            batch_ns=draw(st.none() | st.integers(0, MINUTE)) if strategy == "weighted" else None,
            drain_after_ns=draw(durations),
        )

    return Config(
        name=draw(ids | st.just("")),
        seed=draw(st.integers(0, 2**63 - 1)),
        channels=tuple(
            Channel(name, draw(st.integers(0, 9)), interrupts=tuple(channels[:place]))
            for place, name in enumerate(channels)
        ),
        skills=tuple(skills),
        groups=tuple(groups),
        agents=tuple(
            Agent(
                name,
                {skill: draw(st.integers(1, 100)) for skill in some(skills)},
                some(groups),
                {channel: draw(st.integers(0, 9)) for channel in some(channels)},
                cost=draw(st.integers(0, 1_000_000)),
            )
            for name in agents
        ),
        queues=tuple(queue(name) for name in queues),
        hours=tuple(
            Hours(
                name,
                (OpenSpan(tuple(draw(st.lists(days, min_size=1, unique=True))), "08:00", "24:00"),),  # type: ignore[arg-type]
                (Holiday("2026-12-25", name=draw(ids)),),
            )
            for name in hours
        ),
        shifts=(Shift("22:00", "06:00", agents=some(agents), to_date="9999-12-31"),),
        idle_since_ready=draw(st.booleans()),
        pane_ns=draw(st.integers(1, MAX_DURATION_NS)),
        service_level_panes=draw(st.integers(1, 360)),
        occupancy_window_ns=draw(st.integers(6, MAX_DURATION_NS)),
        resume_grace_ns=draw(st.integers(0, MAX_DURATION_NS)),
        attempt_grace_ns=draw(st.integers(0, MAX_DURATION_NS)),
    )
