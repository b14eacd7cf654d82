"""The linter of policies: each finding where it belongs and nowhere else, and exact answers held against brute force.

Owns tests of ``routing.lint`` but for the overtaking bound; must not test the command (``test_lint_command``).
"""

import itertools
import re
from collections.abc import Iterator
from functools import partial
from random import Random
from typing import Any

import pytest
from centres import Centres
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from outside import ROOT

from routing.conditions import Term, compile_condition
from routing.config import effective_steps, load, loads, validate
from routing.errors import ConfigError
from routing.lint import CODES, SEVERITIES, Finding, check, decide
from routing.lint.decide import Formula, Space, always_holds, can_hold, implies
from routing.model import (
    Agent,
    Channel,
    Config,
    Hours,
    OpenSpan,
    Overflow,
    Queue,
    Reserve,
    Shift,
    Step,
    Weights,
)
from routing.simulation.demo import demo_centre
from routing.skills import Op, compile_requirement
from routing.units import MINUTE, SECOND

PAGE = ROOT / "docs" / "checking.md"
#: Said by the command alone, or when a search is given up.
NOT_ON_THE_PAGE = {"invalid-configuration", "undecided"}


def sections() -> Iterator[tuple[str, str, list[str]]]:
    """Code, severities and configurations of each section of the page."""
    for section in re.split(r"(?m)^### ", PAGE.read_text(encoding="utf-8"))[1:]:
        code, _, text = section.partition("\n")
        said = re.search(r"(?m)^\*([a-z, ]+)\*:", text)
        assert said
        yield code, said[1], re.findall(r"(?ms)^```(?:toml|text)\n(.*?)^```", text)


# Away from the source tree there is no page, and no test asks for it.
SECTIONS = {code: (severities, blocks) for code, severities, blocks in (sections() if PAGE.exists() else ())}


def found(config: Config, code: str) -> list[Finding]:
    return [finding for finding in check(config) if finding.code == code]


def codes(config: Config) -> set[str]:
    return {finding.code for finding in check(config)}


# ------------------------------------------------------------------------------------------------- the page


@pytest.mark.tree
def test_the_page_has_every_code_in_order() -> None:
    assert list(SECTIONS) == list(CODES)


@pytest.mark.tree
def test_no_other_code_is_used() -> None:
    used: set[str] = set()
    for path in [*(ROOT / "routing" / "lint").glob("*.py"), ROOT / "routing" / "cli" / "finding.py"]:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'Finding\(\s*"([a-z-]+)",', text))
        used |= set(re.findall(r'"(agent-[a-z-]+)"', text))
    assert used - {"code"} == set(CODES)  # "code" is in an example


@pytest.mark.tree
@pytest.mark.parametrize("code", [code for code in CODES if code not in NOT_ON_THE_PAGE])
def test_an_example_of_each(code: str) -> None:
    severities, blocks = SECTIONS[code]
    bad = found(loads(blocks[0], "toml"), code)
    assert bad
    for finding in bad:
        assert finding.severity in severities
        assert finding.message
        assert finding.reason
        assert finding.remedy
        assert finding.message[0] != finding.message[0].upper() or not finding.message[0].isalpha()
    if len(blocks) > 1:
        mended = check(loads(blocks[1], "toml"))
        assert code not in {finding.code for finding in mended}
        assert {finding.severity for finding in mended} <= {"note"}


@pytest.mark.tree
def test_an_example_of_what_cannot_be_read() -> None:
    _, (bad, mended) = SECTIONS["invalid-configuration"]
    with pytest.raises(ConfigError):
        loads(bad, "toml")
    loads(mended, "toml")


def test_what_is_too_involved(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = "(tech and tea and not milk) or (tech and not tea and milk) or (not tech and tea and milk)"
    config = Config(skills=("tech", "tea", "milk"), queues=(Queue("a", requirement=odd),))
    assert "undecided" not in codes(config)
    monkeypatch.setattr(decide, "BUDGET", 2)
    (finding,) = found(config, "undecided")
    assert (finding.path, finding.severity) == ("queues[0].requirement", "note")


# ------------------------------------------------------------------------------------------ whole policies


@pytest.mark.tree
@pytest.mark.parametrize("name", ["bank", "cc50"])
def test_the_examples_are_clean(name: str) -> None:
    assert {finding.severity for finding in check(load(ROOT / "examples" / f"{name}.toml"))} == {"note"}


def test_the_demo_is_clean() -> None:
    assert {finding.severity for finding in check(demo_centre())} == {"note"}


@pytest.mark.tree
def test_the_pages_of_configurations_have_no_errors() -> None:
    for page in ("configuration.md", "routing-rules.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for block in re.findall(r"(?ms)^```toml\n(.*?)^```", text):
            try:
                config = loads(block, "toml")
            except ConfigError:
                continue  # a part of one
            assert [finding for finding in check(config) if finding.severity == "error"] == []


def test_an_empty_configuration() -> None:
    assert codes(Config()) == {"no-agents"}


def test_a_configuration_that_breaks_a_rule_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown skill"):
        check(Config(queues=(Queue("a", requirement="tech"),)))


def test_findings_are_in_the_order_of_the_fields() -> None:
    config = loads(
        """
        agents = [{ id = "ann", skills = { tech = 5, tea = 5 } }]
        queues = [
          { id = "a", ring_timeout = "0s", requirement = "tech > 9", strategy = "most_skilled" },
          { id = "b", requirement = "not tech" },
        ]
        """,
        "toml",
    )
    paths = [finding.path for finding in check(config)]
    assert paths == [
        "agents[0].skills.tea",
        "queues[0]",
        "queues[0]",
        "queues[0].requirement",
        "queues[0].ring_timeout",
        "queues[1]",
    ]
    assert check(config) == check(config)


def test_large_centres_take_seconds() -> None:
    """Two thousand agents, three hundred queues: nothing squares."""
    random = Random(5)
    skills = [f"s{number}" for number in range(40)]
    agents = tuple(
        Agent(
            f"a{number}",
            skills={skill: random.randint(1, 100) for skill in random.sample(skills, 6)},
            groups=(f"g{number % 20}",),
        )
        for number in range(2000)
    )
    queues = tuple(
        Queue(
            f"q{number}",
            groups=(f"g{number % 20}",),
            steps=(Step(f"{skills[number % 40]} >= 50"), Step(skills[number % 40], 30 * SECOND)),
            tier=number % 3,
            hours="office",
            max_wait=Overflow("queue", f"q{(number + 1) % 300}", after_ns=MINUTE),
        )
        for number in range(300)
    )
    centre = Config(
        agents=agents,
        queues=queues,
        hours=(Hours("office", (OpenSpan(("mon", "sat"), "08:00", "20:00"),)),),
        shifts=tuple(
            Shift(f"{hour:02}:00", f"{hour + 4:02}:00", groups=(f"g{hour}",)) for hour in range(8, 16)
        ),
    )
    assert {finding.severity for finding in check(centre)} == {"warning", "note"}


# ------------------------------------------------------------------------------------------ brute force


@given(seed=st.integers(0, 2**32))
@settings(max_examples=250, deadline=None)
def test_random_centres_never_raise_and_members_agree_with_brute_force(seed: int) -> None:
    random = Random(seed)
    config = Centres(random).config()
    try:
        config = validate(enriched(config, random))
    except ConfigError:
        reject()
    everything = check(config)
    assert everything == check(config)
    assert all(finding.code in CODES and finding.severity in SEVERITIES for finding in everything)
    assert all(finding.message and finding.reason and finding.remedy for finding in everything)
    assert [finding.path.split("[")[0] for finding in everything] == sorted(
        (finding.path.split("[")[0] for finding in everything), key=FIELDS.index
    )
    served = {place: _served_steps(config, queue) for place, queue in enumerate(config.queues)}
    nobody = {finding.path for finding in everything if finding.code == "nobody-can-serve"}
    assert nobody == {
        f"queues[{place}]"
        for place, steps in served.items()
        if config.agents and not any(steps) and _members(config, config.queues[place])
    }
    told = {finding.path for finding in everything if finding.code == "nobody-fits-step"}
    for place, steps in served.items():
        queue = config.queues[place]
        for number, (step, someone) in enumerate(zip(effective_steps(queue), steps, strict=True)):
            path = f"queues[{place}]." + (f"steps[{number}].expression" if queue.steps else "requirement")
            deliberate = step.expression and not compile_requirement(step.expression).names
            assert (path in told) == (any(steps) and not someone and not deliberate)


FIELDS = ("", "channels", "skills", "groups", "agents", "queues", "hours", "shifts")


def enriched(config: Config, random: Random) -> Config:
    """A random centre with some of everything that queues can say besides."""
    queues = [queue.id for queue in config.queues]
    agents = [agent.id for agent in config.agents]

    def when() -> str:
        term = random.choice(("waiting", "ready", "logged_in", "ready(g0)", "logged_in(g1)", "service_level"))
        return f"{random.choice(('', 'not '))}{term} {random.choice('<>')} {random.randint(0, 5)}"

    def richer(queue: Queue) -> Queue:
        strategy = "weighted" if random.random() < 0.3 else queue.strategy
        steps = tuple(
            replace(step, when=when() if number and random.random() < 0.5 else "")
            for number, step in enumerate(queue.steps)
        )
        part = random.randint(0, 100)
        return replace(
            queue,
            strategy=strategy,
            steps=steps,
            shares={"g0": 3, "g1": 1} if strategy == "percent_allocation" else {},
            reserves=tuple(
                Reserve(
                    tuple(random.sample(agents, 1)),
                    random.choice(((), ("g0",))),
                    random.randint(1, 30),
                    when(),
                )
                for _ in range(random.randint(0, 2))
            ),
            overflow=tuple(
                Overflow("queue", random.choice(queues), after_ns=random.choice((0, 0, 5)), when=when())
                for _ in range(random.randint(0, 2))
            ),
            split={queue.id: part, other: 100 - part}
            if (other := random.choice(queues)) != queue.id and random.random() < 0.3
            else {},
            weights=Weights(*(random.randint(0, 2) for _ in range(5))),
            batch_ns=random.choice((None, 0, 5)) if strategy == "weighted" else None,
            drain_after_ns=random.choice((0, 0, 9)),
            hours=random.choice(("", "office", "never")),
            credit_ns=random.choice((0, 7)),
        )

    days: tuple[Any, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return replace(
        config,
        queues=tuple(richer(queue) for queue in config.queues),
        hours=(Hours("office", (OpenSpan(days[: random.randint(1, 7)], "08:00", "17:00"),)), Hours("never")),
        shifts=tuple(
            Shift(
                f"{random.randint(0, 23):02}:00",
                f"{random.randint(0, 23):02}:00",
                random.choice((days, days[:3])),
                agents=tuple(random.sample(agents, 1)),
                from_date=random.choice(("", "2026-03-04")),
                to_date=random.choice(("", "", "2027-03-04")),
                timezone=random.choice(("", "Asia/Tokyo")),
            )
            for _ in range(random.randint(0, 3))
        ),
    )


def _members(config: Config, queue: Queue) -> list[Agent]:
    everybody = not (queue.members or queue.groups or queue.reserves)
    return [
        agent
        for agent in config.agents
        if everybody
        or agent.id in queue.members
        or {*agent.groups} & {*queue.groups}
        or any(
            agent.id in reserve.members or {*agent.groups} & {*reserve.groups} for reserve in queue.reserves
        )
    ]


def _served_steps(config: Config, queue: Queue) -> list[bool]:
    able = [
        agent
        for agent in _members(config, queue)
        if any(
            (agent.channels.get(channel.id, 0) if agent.channels else channel.capacity)
            and channel.load <= agent.load
            for channel in config.channels
        )
    ]
    return [
        any(compile_requirement(step.expression).matches(agent.skills) for agent in able)
        for step in effective_steps(queue)
    ]


LEAVES = st.tuples(
    st.sampled_from((Op.GE, Op.GT, Op.LE, Op.LT, Op.EQ, Op.NE)), st.sampled_from("xyz"), st.integers(-1, 6)
)
FORMULAS = st.recursive(
    LEAVES.map(lambda leaf: [leaf]),
    lambda inner: st.one_of(
        inner.map(lambda one: [*one, (Op.NOT, "", 0)]),
        st.tuples(inner, inner, st.sampled_from((Op.AND, Op.OR))).map(
            lambda three: [*three[0], *three[1], (three[2], "", 0)]
        ),
    ),
    max_leaves=8,
)


@given(one=FORMULAS, other=FORMULAS, below=st.booleans(), given_=st.none() | FORMULAS)
@settings(max_examples=300, deadline=None)
def test_answers_agree_with_looking_at_every_case(
    one: Formula, other: Formula, below: bool, given_: Formula | None
) -> None:
    space = Space(
        {"x": (0, 4), "y": (1, 5), "z": (0, 2)}, (("x", "y"), ("z", "x")) if below else (), given_ or ()
    )
    cases = [
        dict(zip("xyz", values, strict=True))
        for values in itertools.product(range(5), range(1, 6), range(3))
        if not below or values[2] <= values[0] <= values[1]
    ]
    cases = [case for case in cases if given_ is None or _true(given_, case)]
    assert can_hold(one, space) == any(_true(one, case) for case in cases)
    if not given_:
        assert always_holds(one, space) == all(_true(one, case) for case in cases)
        assert implies(one, other, space) == all(_true(other, case) for case in cases if _true(one, case))


def _true(formula: Formula, case: dict[str, int]) -> bool:
    stack: list[bool] = []
    for op, name, value in formula:
        if op == Op.NOT:
            stack.append(not stack.pop())
        elif op in (Op.AND, Op.OR):
            right, left = stack.pop(), stack.pop()
            stack.append((left and right) if op == Op.AND else (left or right))
        else:
            number = case[str(name)]
            stack.append(
                {
                    Op.GE: number >= value,
                    Op.GT: number > value,
                    Op.LE: number <= value,
                    Op.LT: number < value,
                    Op.EQ: number == value,
                    Op.NE: number != value,
                }[Op(op)]
            )
    return stack[0]


@pytest.mark.parametrize("seed", range(150))
def test_conditions_agree_with_looking_at_every_case(seed: int) -> None:
    random = Random(seed)
    terms = ("waiting", "oldest", "ready", "logged_in", "ready(day)", "logged_in(day)", "estimate")
    text = " or ".join(
        " and ".join(
            f"{random.choice(('', 'not '))}{random.choice(terms)} "
            f"{random.choice(('<', '<=', '>', '>=', '==', '!='))} {random.randint(0, 4)}"
            for _ in range(random.randint(1, 3))
        )
        for _ in range(random.randint(1, 2))
    )
    text = re.sub(r"(oldest|estimate) (\S+) (\d)", lambda m: f"{m[1]} {m[2]} {m[3]}ns", text)
    queue = Queue(
        "help",
        groups=("day", "all"),
        steps=(Step(""), Step("", 5, when=text)),
        max_length=Overflow("voicemail", length=2),
    )
    agents = (Agent("a", groups=("day", "all")), Agent("b", groups=("all",)))
    verdict = codes(Config(agents=agents, queues=(queue,)))
    condition = compile_condition(text)
    truths = {condition.holds(partial(_read, state)) for state in _states(members=2, day=1, waiting=2)}
    assert bool({"contradictory-condition", "unreachable-condition"} & verdict) == (truths == {False})
    assert ("always-true-condition" in verdict) == (truths == {True})


def _read(state: dict[tuple[Term, str], int | None], term: Term, group: str) -> int | None:
    return state[term, group]


def _states(members: int, day: int, waiting: int) -> Iterator[dict[tuple[Term, str], int | None]]:
    for there, logged, ready, logged_day, ready_day, oldest, estimate in itertools.product(
        range(waiting + 1),
        range(members + 1),
        range(members + 1),
        range(day + 1),
        range(day + 1),
        range(6),
        (None, *range(6)),
    ):
        heads = ready <= logged and ready_day <= logged_day and ready_day <= ready and logged_day <= logged
        if heads and (there or not oldest):
            yield {
                (Term.WAITING, ""): there,
                (Term.OLDEST, ""): oldest,
                (Term.READY, ""): ready,
                (Term.LOGGED_IN, ""): logged,
                (Term.READY, "day"): ready_day,
                (Term.LOGGED_IN, "day"): logged_day,
                (Term.ESTIMATE, ""): estimate,
            }


# ------------------------------------------------------------------------------------------ single checks

ANN = Agent("ann", skills={"tech": 50})


def centre(*queues: Queue, agents: tuple[Agent, ...] = (ANN,), **more: Any) -> Config:
    return Config(agents=agents, queues=queues, **more)


def test_a_plain_false_before_the_last_step_is_meant() -> None:
    assert "contradictory-expression" not in codes(
        centre(Queue("a", steps=(Step("False"), Step("tech", 5 * SECOND))))
    )
    assert "contradictory-expression" in codes(centre(Queue("a", requirement="False")))


def test_a_step_with_a_condition_may_be_passed_over() -> None:
    steps = (Step("tech >= 40"), Step("tech", 5, when="waiting > 5"), Step("tech", 9))
    assert "step-without-effect" not in codes(centre(Queue("a", steps=steps)))
    always = (Step("tech >= 40"), Step("tech", 5), Step("tech", 9, when="waiting > 5"))
    assert "step-without-effect" in codes(centre(Queue("a", steps=always)))


def test_a_step_may_change_the_score_alone() -> None:
    steps = (Step("tech"), Step("tech", 5, score="2*tech"))
    assert "step-without-effect" in codes(centre(Queue("a", steps=steps)))
    assert "step-without-effect" not in codes(centre(Queue("a", steps=steps, strategy="most_skilled")))


def test_a_step_after_max_wait_is_reached_with_an_age_brought_along() -> None:
    late = Queue(
        "late",
        steps=(Step("tech"), Step("", 3 * MINUTE)),
        max_wait=Overflow("voicemail", after_ns=2 * MINUTE),
    )
    first = Queue("first", max_wait=Overflow("queue", "late", after_ns=2 * MINUTE))
    assert "unreachable-step" in codes(centre(late))
    assert "unreachable-step" not in codes(centre(first, late))


@pytest.mark.parametrize(
    ("shift_days", "spans"),
    [
        (("mon", "tue", "wed", "thu", "fri"), "Sat 09:00-13:00"),
        (("mon", "tue", "sat"), "Wed-Fri 09:00-17:00"),
        (("tue",), "Mon, Wed-Fri 09:00-17:00; Sat 09:00-13:00"),
    ],
)
def test_uncovered_spans_in_local_time(shift_days: Any, spans: str) -> None:
    office = Hours(
        "office",
        (
            OpenSpan(("mon", "tue", "wed", "thu", "fri"), "09:00", "17:00"),
            OpenSpan(("sat",), "09:00", "13:00"),
        ),
    )
    config = centre(
        Queue("help", hours="office"),
        hours=(office,),
        shifts=(Shift("09:00", "17:00", shift_days, agents=("ann",)),),
        timezone="Australia/Sydney",
    )
    (finding,) = found(config, "nobody-on-shift")
    assert finding.message.endswith(f": {spans}")
    assert finding.severity == "warning"


def test_uncovered_nights_and_no_hours() -> None:
    config = centre(Queue("help"), shifts=(Shift("22:00", "06:00", agents=("ann",)),))
    (finding,) = found(config, "nobody-on-shift")
    assert finding.message.endswith(": Mon-Sun 06:00-22:00")
    assert finding.severity == "note"


def test_shifts_bound_by_dates_are_looked_at_around_them() -> None:
    office = Hours("office", (OpenSpan(("mon",), "09:00", "17:00"),))
    config = centre(
        Queue("help", hours="office"),
        hours=(office,),
        shifts=(
            Shift("09:00", "17:00", agents=("ann",), to_date="2026-03-31"),
            Shift("09:00", "15:00", agents=("ann",), from_date="2026-04-01"),
        ),
    )
    (finding,) = found(config, "nobody-on-shift")
    assert finding.message.endswith(": Mon 15:00-17:00")


def test_zones_whose_clocks_change_apart() -> None:
    """An office in Phoenix, which knows no summer time, for a queue in Berlin."""
    config = centre(
        Queue("help", hours="office"),
        timezone="Europe/Berlin",
        hours=(Hours("office", (OpenSpan(("mon",), "17:00", "20:00"),)),),
        shifts=(Shift("09:00", "12:00", agents=("ann",), timezone="America/Phoenix"),),
    )
    (finding,) = found(config, "nobody-on-shift")
    assert "Mon 19:00-20:00" not in finding.message or "Mon 17:00-18:00" in finding.message


def loop(*edges: tuple[str, dict[str, Any]], **more: Any) -> set[tuple[str, str]]:
    config = centre(*(Queue(name, **fields) for name, fields in edges), **more)
    return {
        (finding.code, finding.severity)
        for finding in check(config)
        if finding.code in ("overflow-loop", "overflow-circle")
    }


def to(queue: str, **fields: Any) -> Overflow:
    return Overflow("queue", queue, **fields)


def test_circles() -> None:
    error, chance = ("overflow-loop", "error"), ("overflow-loop", "warning")
    timed = ("overflow-circle", "warning")
    nobody = {"no_agent": to("b")}, {"no_agent": to("a")}
    assert loop(("a", nobody[0]), ("b", nobody[1])) == {error}
    assert loop(("a", nobody[0]), ("b", {"no_agent": to("a", after_ns=9)})) == {timed}
    assert loop(("a", {"closed": to("b")}), ("b", {"closed": to("a")})) == {chance}
    assert loop(("a", {"max_wait": to("a", after_ns=5)})) == {timed}
    assert loop(("a", {"max_length": to("a", length=5)})) == {error}
    assert loop(("a", {"split": {"a": 50, "b": 50}}), ("b", {"split": {"a": 100}})) == {chance}
    assert loop(("a", {"split": {"b": 100}}), ("b", {"split": {"a": 100}})) == {error}
    assert loop(("a", {"max_wait": to("b", after_ns=5)}), ("b", {})) == set()
    three = [(name, {"max_wait": to(other, after_ns=5)}) for name, other in ("ab", "bc", "ca")]
    assert loop(*three) == {timed}


def test_queues_that_are_never_closed_together_do_not_circle() -> None:
    day = Hours("day", (OpenSpan(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "08:00", "20:00"),))
    night = Hours(
        "night",
        tuple(
            OpenSpan(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), *span)
            for span in (("00:00", "08:00"), ("20:00", "24:00"))
        ),
    )
    queues = ("a", {"closed": to("b"), "hours": "day"}), ("b", {"closed": to("a"), "hours": "night"})
    assert loop(*queues, hours=(day, night)) == set()
    late = Hours("night", night.weekly[:1])
    assert loop(*queues, hours=(day, late)) == {("overflow-loop", "error")}


def test_tiers_spare_queues_with_agents_of_their_own() -> None:
    agents = (Agent("a"), Agent("b"))
    high, low = Queue("high", members=("a",)), Queue("low", tier=5)
    (finding,) = found(centre(high, low, agents=agents), "starving-tier")
    assert (finding.severity, finding.path) == ("note", "queues[1].tier")
    (finding,) = found(centre(high, Queue("low", members=("a",), tier=5), agents=agents), "starving-tier")
    assert finding.severity == "warning"
    assert "1 agent of 1" in finding.message
    assert not found(centre(high, Queue("low", members=("b",), tier=5), agents=agents), "starving-tier")


def test_reserves_count_as_members() -> None:
    agents = (Agent("a"), Agent("b", skills={"tech": 90}))
    queue = Queue("help", members=("a",), requirement="tech", reserves=(Reserve(("b",), after_ns=5),))
    assert "nobody-can-serve" not in codes(centre(queue, agents=agents))


def test_a_heavy_channel_that_nobody_can_carry() -> None:
    config = centre(
        Queue("help"), agents=(Agent("a", load=10),), channels=(Channel("voice"), Channel("video", load=50))
    )
    assert {"load-too-small", "channel-nobody-serves"} <= codes(config)
