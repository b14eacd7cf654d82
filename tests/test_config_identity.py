"""Normal form, hash, what is written is read, and fuzzed data."""

import json
import os
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from config_samples import CENTRE, complaint, configs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.config import (
    Names,
    check_agent,
    check_queue,
    check_time_zones,
    config_hash,
    dumps,
    from_dict,
    loads,
    normalise,
    validate,
)
from routing.config.shape import to_raw
from routing.config.text import FORMATS
from routing.errors import ConfigError
from routing.model import (
    Agent,
    Channel,
    Config,
    Holiday,
    Hours,
    Limits,
    OpenSpan,
    Overflow,
    Queue,
    Reserve,
    Shift,
    Step,
    Weights,
)
from routing.units import MINUTE

# --- Normal form and hash


def test_normalise_fills_in_what_agents_have() -> None:
    agents = (Agent("a", {"tech": 5}, ("night",)), Agent("b", {"spanish": 9, "tech": 1}, ("day", "night")))
    normal = normalise(Config(agents=agents))
    assert (normal.skills, normal.groups) == (("spanish", "tech"), ("day", "night"))
    assert normalise(normal) is normal
    listed = Config(skills=("tech", "spanish"), groups=("night", "day"), agents=agents)
    assert normalise(listed) is listed


def test_only_agents_count() -> None:
    error = complaint(lambda: from_dict({"queues": [{"id": "a", "groups": ["day"]}]}))
    assert str(error) == "queues[0].groups[0]: unknown group 'day'; declare it in groups"


def test_hash_is_this_for_ever() -> None:
    assert config_hash(Config()) == 0x88BBCF893F264325
    assert config_hash(loads(CENTRE, "toml")) == 0x5B193025C029FD15


def test_hash_does_not_depend_on_how_it_was_made() -> None:
    config = Config(agents=(Agent("a", {"x": 1, "y": 2}),), queues=(Queue("q"),))
    other = Config(
        agents=(Agent("a", {"y": 2, "x": 1}, load=int("100")),),
        queues=(Queue("q", priority_credits_ns=tuple(level * MINUTE for level in range(11))),),
    )
    assert config_hash(config) == config_hash(other) == config_hash(normalise(other))


@pytest.mark.parametrize(
    "other",
    [
        Config(name="x"),
        Config(channels=()),
        Config(agents=(Agent("a"),)),
        Config(agents=(Agent("b"),)),
        Config(queues=(Queue("a"),)),
        Config(queues=(Queue("a", wrap_up_ns=1),)),
        Config(queues=(Queue("a", closed=Overflow()),)),
        Config(queues=(Queue("a", weights=Weights(idle=1)),)),
        Config(queues=(Queue("a", overflow=(Overflow(when="waiting > 5"),)),)),
        Config(queues=(Queue("a", batch_ns=0),)),
        Config(pane_ns=1),
        Config(limits=Limits(agents=1)),
    ],
)
def test_hash_tells_apart(other: Config) -> None:
    assert config_hash(other) != config_hash(Config())


def test_hash_does_not_depend_on_the_order_of_tables() -> None:
    def centre(*parts: tuple[str, int]) -> Config:
        queue = Queue("a", strategy="percent_allocation", shares=dict(parts), split=dict(parts))
        return Config(groups=("a", "b"), queues=(queue, Queue("b")))

    assert config_hash(centre(("a", 60), ("b", 40))) == config_hash(centre(("b", 40), ("a", 60)))
    assert config_hash(centre(("a", 60), ("b", 40))) != config_hash(centre(("a", 40), ("b", 60)))


def test_only_agents_declare_what_queues_name() -> None:
    """Reserves, shares and conditions name groups; scores name skills."""
    for queue in (
        Queue("a", reserves=(Reserve(groups=("x",), after_ns=1),)),
        Queue("a", reserves=(Reserve(members=("ann",), when="ready(x) < 1"),)),
        Queue("a", strategy="percent_allocation", shares={"x": 1}),
        Queue("a", overflow=(Overflow(when="ready(x) < 1"),)),
        Queue("a", score="x"),
    ):
        config = Config(agents=(Agent("ann"),), queues=(queue,))
        assert normalise(config) is config
        assert complaint(lambda config=config: validate(config)).subject == "x"  # type: ignore[misc]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_hash_under_another_hash_seed(seed: str) -> None:
    script = "import sys; from routing.config import *; print(config_hash(loads(sys.stdin.read(), 'toml')))"
    result = subprocess.run(
        [sys.executable, "-c", script],
        input=CENTRE,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert int(result.stdout) == config_hash(loads(CENTRE, "toml"))


# --- Properties


@given(configs())
def test_what_is_written_is_read(config: Config) -> None:
    normal = validate(config)
    check_time_zones(normal)
    for fmt in FORMATS:
        again = loads(dumps(normal, fmt), fmt)
        assert again == normal
        assert config_hash(again) == config_hash(config)
    journaled = msgspec.json.decode(msgspec.json.encode(normal), type=Config)
    assert validate(journaled) == normal
    assert config_hash(journaled) == config_hash(config)


@given(configs())
def test_nouns_of_a_sound_configuration_pass_alone(config: Config) -> None:
    normal = validate(config)
    names = Names.of(normal)
    for agent in normal.agents:
        check_agent(agent, "agent", names)
    for queue in normal.queues:
        check_queue(queue, "queue", names)


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(("tech", "ann", "sales", "20s", "08:00", "mon", "queue", "2026-12-25", "Europe/Berlin"))
)
keys = st.sampled_from(
    sorted(
        {
            field.encode_name
            for struct in (
                Config,
                Agent,
                Queue,
                Step,
                Reserve,
                Weights,
                Overflow,
                Hours,
                OpenSpan,
                Holiday,
                Shift,
                Limits,
                Channel,
            )
            for field in msgspec.structs.fields(struct)
        }
    )
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(keys | scalars.filter(bool), inner, max_size=4)
    ),
    max_leaves=25,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(keys, anything, max_size=4))
def test_fuzzed_data_is_read_or_explained(raw: dict[str, object]) -> None:
    try:
        config = from_dict(raw)
    except ConfigError as caught:
        error = caught
    else:
        assert from_dict(to_raw(config)) == config
        return
    assert error.path
    assert error.problem
    assert "\n" not in str(error)


@given(st.data())
def test_one_wrong_value_is_explained(data: st.DataObject) -> None:
    """Put anything anywhere into a sound document."""
    raw = json.loads(json.dumps(to_raw(loads(CENTRE, "toml"))))
    places: list[tuple[Any, Any]] = []

    def visit(container: Any) -> None:
        for key in container if isinstance(container, dict) else range(len(container)):
            places.append((container, key))
            if isinstance(container[key], (dict, list)):
                visit(container[key])

    visit(raw)
    container, key = data.draw(st.sampled_from(places))
    container[key] = data.draw(anything)
    try:
        from_dict(raw)
    except ConfigError as caught:
        assert caught.path  # noqa: PT017 (nothing else may come)
