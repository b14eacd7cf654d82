"""Models in which more is done to contacts than to serve them, against formulas and a plain simulator, and recounted.

Owns tests of handling in models; must not test models without it (``test_models``).
"""

import json
import math
from pathlib import Path

import pytest
from queue_theory import Hands, erlang_b, erlang_c_wait, interrupted_sojourn, pollaczek_khinchine
from recount import Facts, agent_counts, queue_counts

from routing import cli
from routing.commands import Command, EnqueueContact, RequeueContact
from routing.engine import Engine
from routing.errors import ConfigError, UsageError
from routing.events import CommandRefused, Event
from routing.simulation import tally
from routing.simulation.arrivals import Source
from routing.simulation.handling_draws import HandlingDraws
from routing.simulation.hands_world import HandsWorld
from routing.simulation.model_file import load_model, loads_model
from routing.simulation.model_shape import CentreModel
from routing.simulation.modelling import simulate_model
from routing.simulation.played import Played, goes_inside
from routing.simulation.student import Estimate
from routing.simulation.sums import Sums, make_model_report
from routing.simulation.world import play
from routing.statistics.fold import Settings, Statistics
from routing.units import HOUR, MINUTE, SECOND

pytestmark = pytest.mark.once

MODELS = Path(__file__).resolve().parent.parent / "examples" / "models"
ALONE = 'queues = [{id = "help"}]'
TWO = """queues = [
  {id = "help", groups = ["crew"], ordering = "fifo"}, {id = "tech", groups = ["desk"], ordering = "fifo"}]"""


SETTINGS = Settings(interval_ns=HOUR)


def made_of(
    *lines: str,
    centre: str = ALONE,
    hours: int = 60,
    rate: float = 0.5,
    groups: str = '{id = "crew", agents = [1]}',
    top: str = "",
) -> CentreModel:
    """A type of calls with one minute of service; ``lines`` stand behind the type."""
    text = f"""
period = "{hours}h"
warm_up = "2h"
groups = [{groups}]
centre = {{ {centre} }}
{top}
[[types]]
id = "call"
queue = "help"
rates = [{rate}]
service = {{kind = "exponential", mean = "1m"}}
"""
    return loads_model(text + "\n".join(lines), "toml")


def simulated(made: CentreModel, days: int = 10, seed: int = 1) -> Sums:
    return simulate_model(made, days, seed=seed, jobs=1)


def near(found: Estimate, exact: float, within: float) -> None:
    """The estimate is what it must be, by its own error, which is small enough to tell."""
    assert found.value is not None
    assert found.std_error is not None
    assert found.std_error < within * abs(exact), (found, exact)
    assert abs(found.value - exact) < 3.5 * found.std_error, (found, exact)  # one in 150 of ten days


# ------------------------------------------------------------------------------------------------ as it was


@pytest.mark.parametrize(
    ("name", "digest", "waits"),
    [
        ("bilingual", 0xD4C725FF9EFF1CC0, 3263691825829),
        ("blend", 0xA91B7CE05325D871, 174510069049),
        ("mmc", 0x009E0D6B2BF9CD29, 12738211069131),
        ("simple_msk", 0xDD68A2B93B620630, 36047155307023),
    ],
)
def test_models_without_handling_are_as_they_were(name: str, digest: int, waits: int) -> None:
    """Recorded before models knew of handling: seed 11, day 3."""
    made = load_model(MODELS / f"{name}.toml")
    day = Source(made.model, 11).day(3)
    played = play(made, day, inside=False)
    assert (played.digest, sum(played.waits_ns)) == (digest, waits)
    by_hands = HandsWorld(made, day, day.calls()).run()
    assert (by_hands.waits_ns, by_hands.outcomes) == (played.waits_ns, played.outcomes)
    assert (by_hands.staffed_ns, by_hands.busy_ns) == (played.staffed_ns, played.busy_ns)


# ------------------------------------------------------------------------------------------------- formulas


@pytest.mark.slow
def test_holds_lengthen_the_service() -> None:
    made = made_of(
        "[types.handling]", 'holds = {share = 0.5, time = {kind = "exponential", mean = "1m"}}', rate=0.4
    )
    figures = simulated(made).figures()
    # In minutes: X + B Y, both exponential of mean 1, B one of two; its second moment is 2 + 2/2 + 2/2.
    near(figures["asa_s"], pollaczek_khinchine(0.4, 1.5, 4.0) * 60, 0.08)
    near(figures["hold_s"], 30, 0.03)
    near(figures["talk_s"], 60, 0.02)
    near(figures["aht_s"], 90, 0.02)


@pytest.mark.slow
def test_transfers_make_a_network_of_queues() -> None:
    """Jackson, Networks of waiting lines, Operations Research 5, 1957: each queue is as if by itself."""
    made = made_of(
        "[types.handling]",
        "transfers = [",
        '{share = 0.3, from = "help", queue = "tech", keep_age = false,'
        ' service = {kind = "exponential", mean = "2m"}},',
        '{share = 0.2, from = "tech", queue = "help", keep_age = false,'
        ' service = {kind = "exponential", mean = "1m"}}]',
        centre=TWO,
        rate=0.6,
        groups='{id = "crew", agents = [1]}, {id = "desk", agents = [2]}',
    )
    figures = simulated(made).figures()
    help_rate = 0.6 / (1 - 0.3 * 0.2)
    tech_rate, back = 0.3 * help_rate, 0.2 * 0.3 * help_rate
    help_wait, tech_wait = erlang_c_wait(1, help_rate, 1.0), erlang_c_wait(2, tech_rate, 2.0)
    near(figures["asa_s"], help_wait * 60, 0.08)
    near(
        figures["transfer_wait_s"], (tech_rate * tech_wait + back * help_wait) / (tech_rate + back) * 60, 0.06
    )
    near(figures["transferred_share"], 0.3, 0.02)
    near(
        figures["transfers"], (tech_rate + back) * (made.model.end_ns - made.model.warm_up_ns) / MINUTE, 0.02
    )


@pytest.mark.slow
def test_customers_who_call_again_make_a_queue_with_feedback() -> None:
    """Jackson again: the time between calls is a queue without waiting."""
    again = 'again = {probability = 0.5, delay = {kind = "exponential", mean = "5m"}}'
    made = made_of(
        "[types.handling]",
        'outcomes = [{code = "done", share = 0.6, resolved = "resolved"},',
        f'{{code = "open", share = 0.4, resolved = "unresolved", {again}}}]',
        rate=0.5,
    )
    figures = simulated(made).figures()
    rate = 0.5 / (1 - 0.4 * 0.5)
    near(figures["asa_s"], erlang_c_wait(1, rate, 1.0) * 60, 0.1)
    near(figures["came_again"], (rate - 0.5) * (made.model.end_ns - made.model.warm_up_ns) / MINUTE, 0.03)
    near(figures["resolved_share"], 0.6, 0.02)
    near(figures["first_contact_resolution"], 0.6, 0.02)


@pytest.mark.slow
def test_calls_that_agents_place_themselves_are_lost_as_erlang_says() -> None:
    placed = (
        '{id = "out", queue = "help", agents = "crew", rates = [3.0],'
        ' service = {kind = "exponential", mean = "1m"}}'
    )
    made = made_of(rate=0.0, top=f"placed = [{placed}]", groups='{id = "crew", agents = [4]}', hours=20)
    report = make_model_report(simulated(made), 1).placed["out"]
    near(report["not_placed_share"], erlang_b(4, 3.0), 0.04)
    near(report["talk_s"], 60, 0.02)


def test_internal_calls_take_two() -> None:
    placed = (
        '{id = "ask", queue = "help", agents = "crew", to = "crew", direction = "internal", rates = [1.0],'
        ' service = {kind = "exponential", mean = "1m"}}'
    )
    made = made_of(rate=0.0, top=f"placed = [{placed}]", groups='{id = "crew", agents = [4]}', hours=20)
    sums = simulated(made)
    near(make_model_report(sums, 1).placed["ask"]["not_placed_share"], erlang_b(2, 1.0), 0.04)
    talk = sum(sums.placed(tally.PLACED_NS, "ask"))
    assert sum(sums.time("crew", True)) == pytest.approx(2 * talk, rel=0.15)  # the warm-up is busy time, too


@pytest.mark.parametrize(
    ("limit", "length"), [("", 10.0), ('not_ready_limits = {tea = "5m"}, after_not_ready = "ready",', 5.0)]
)
def test_breaks_come_and_go(limit: str, length: float) -> None:
    """An alternating renewal process, from its beginning on; a limit of the centre cuts breaks short."""
    pause = '{reason = "tea", every = {kind = "constant", mean = "30m"}, length = {kind = "constant", mean = "10m"}}'
    made = made_of(
        rate=0.0,
        groups=f'{{id = "crew", agents = [3], breaks = [{pause}]}}',
        centre=f"{limit} {ALONE}",
        hours=40,
    )
    sums = simulated(made, days=1)
    expected = sum(min(length, max(0.0, 2400 - at)) for at in range(30, 2400, 40))
    assert sums.not_ready("crew")[0] == round(3 * expected * MINUTE)


def test_a_limit_logs_out_who_is_not_ready_for_too_long() -> None:
    pause = '{reason = "tea", every = {kind = "constant", mean = "30m"}, length = {kind = "constant", mean = "10m"}}'
    made = made_of(
        rate=0.0,
        groups=f'{{id = "crew", agents = [2], breaks = [{pause}]}}',
        centre=f'not_ready_limits = {{tea = "5m"}}, after_not_ready = "log_out", {ALONE}',
        hours=4,
    )
    sums = simulated(made, days=1)
    # There for 30 + 5 minutes of each 40, six times.
    assert sums.time("crew", False)[0] == 2 * 6 * 35 * MINUTE


@pytest.mark.slow
def test_a_call_interrupts_mail_which_goes_on_after_it() -> None:
    made = made_of(
        "[[types]]",
        'id = "mail"',
        'queue = "mail"',
        'channel = "email"',
        "rates = [0.1]",
        'service = {kind = "exponential", mean = "3m"}',
        "handling = {suspend = true}",
        centre='channels = [{id = "voice", interrupts = ["email"]}, {id = "email"}],'
        ' queues = [{id = "help"}, {id = "mail"}]',
        rate=0.4,
    )
    sums = simulated(made)
    near(sums.figures("call")["asa_s"], erlang_c_wait(1, 0.4, 1.0) * 60, 0.08)
    mail = sums.figures("mail")
    sojourn = [one + two for one, two in zip(sums.values(5, "mail"), worked(sums, "mail"), strict=True)]
    assert mail["talk_s"].value == pytest.approx(180, rel=0.08)
    exact = interrupted_sojourn((0.4, 1.0), (0.1, 3.0)) * MINUTE
    assert sum(sojourn) / sum(sums.values(0, "mail")) == pytest.approx(exact, rel=0.12)


def worked(sums: Sums, kind: str) -> list[int]:
    parts = (sums.handled(measure, kind) for measure in (tally.TALK_NS, tally.HOLD_NS))
    return [sum(day) for day in zip(*parts, strict=True)]


def test_three_chats_at_once_are_three_agents() -> None:
    made = made_of(centre='channels = [{id = "voice", capacity = 3}], queues = [{id = "help"}]', rate=2.0)
    near(simulated(made, days=4).figures()["asa_s"], erlang_c_wait(3, 2.0, 1.0) * 60, 0.1)


# --------------------------------------------------------------------------------------- exactly the same


def test_who_is_called_back_waits_as_if_they_had_stayed() -> None:
    impatient = 'patience = {kind = "exponential", mean = "1m"}'
    nobody_leaves = made_of(rate=0.8, hours=20)
    back = 'call_back = {share = 1.0, after = "0s", ring = {kind = "constant", mean = "0s"}}'
    called_back = made_of(impatient, "[types.handling]", back, rate=0.8, hours=20)
    one, two = (play(made, Source(made.model, 5).day(0)) for made in (nobody_leaves, called_back))
    assert two.waits_ns == one.waits_ns
    assert two.tally is not None
    waited = sum(wait > 0 for wait, at in zip(one.waits_ns, one.arrivals_ns, strict=True) if at >= 2 * HOUR)
    assert two.tally.types[0][tally.CALL_BACKS] == waited
    assert two.tally.types[0][tally.CALLED_BACK] == waited


def test_an_agent_who_reaches_nobody_is_free_after_the_ringing() -> None:
    back = 'call_back = {share = 1.0, after = "0s", reach = 0.0, ring = {kind = "constant", mean = "10s"}}'
    made = made_of("[types.handling]", back, rate=0.8, hours=20)
    figures = simulated(made, days=3).figures()
    assert figures["called_back_share"].value == 0
    assert figures["called_back_share"].n == 3


@pytest.mark.parametrize("queue", ["auto_answer = true", 'wrap_up = "10s", disposition_required = true'])
def test_rules_of_the_queue_that_take_no_time_change_nothing(queue: str) -> None:
    plain = queue.replace(", disposition_required = true", "").replace(
        "auto_answer = true", "strategy = 'longest_idle'"
    )
    text = 'queues = [{{id = "help", {}}}]'
    one, two = (
        play(made, Source(made.model, 5).day(0))
        for made in (made_of(centre=text.format(rule), rate=0.7, hours=20) for rule in (plain, queue))
    )
    assert (one.waits_ns, one.busy_ns, one.staffed_ns) == (two.waits_ns, two.busy_ns, two.staffed_ns)


def test_auto_answer_is_the_same_inside_the_core() -> None:
    made = made_of(centre='queues = [{id = "help", auto_answer = true}]', rate=0.7, hours=20)
    day = Source(made.model, 5).day(0)
    assert goes_inside(made, 1000)
    one, two = play(made, day), play(made, day, inside=False)
    assert (one.digest, one.waits_ns, one.busy_ns) == (two.digest, two.waits_ns, two.busy_ns)


NETWORK = """
period = "{hours}h"
groups = [{{id = "crew", agents = [{crew}]}}, {{id = "desk", agents = [{desk}]}}]
[[types]]
id = "call"
queue = "help"
rates = [1.0]
service = {{kind = "lognormal", mean = "2m", scv = 2.0}}
[types.handling]
holds = {{share = 0.4, time = {{kind = "exponential", mean = "30s"}}, most = 3}}
transfers = [
  {{share = 0.1, from = "help", queue = "tech"}},
  {{share = 0.1, from = "help", queue = "help", keep_age = false, service = {{kind = "exponential", mean = "10s"}}}},
  {{share = 0.3, from = "tech", queue = "help", keep_age = {keep}}}]
consults = [
  {{share = 0.2, queue = "tech", talk = {{kind = "exponential", mean = "1m"}}}},
  {{share = 0.1, queue = "tech", talk = {{kind = "exponential", mean = "1m"}}, then = "join", {together}}},
  {{share = 0.1, queue = "tech", talk = {{kind = "constant", mean = "1m"}}, then = "transfer", {service}}},
  {{share = 0.1, queue = "tech", talk = {{kind = "constant", mean = "20s"}}, then = "leave", {together}}}]
[centre]
queues = [
  {{id = "help", groups = ["crew"], ordering = "fifo", wrap_up = "15s"}},
  {{id = "tech", groups = ["desk"], ordering = "fifo", wrap_up = "7s"}}]
""".replace("{together}", 'together = {{kind = "exponential", mean = "1m"}}').replace(
    "{service}", 'service = {{kind = "exponential", mean = "40s"}}'
)


@pytest.mark.parametrize(("crew", "desk", "keep"), [(4, 2, "true"), (5, 3, "false"), (3, 2, "true")])
def test_a_plain_simulator_finds_the_same(crew: int, desk: int, keep: str) -> None:
    """Call by call, to the nanosecond: holds, transfers, consultations, conferences, and warm transfers."""
    made = loads_model(NETWORK.format(hours=8, crew=crew, desk=desk, keep=keep), "toml")
    for number in range(4):
        day = Source(made.model, 3).day(number)
        played = play(made, day)
        plain = Hands(
            HandlingDraws(made.model, 3, number),
            day.calls(),
            {"help": crew, "tech": desk},
            {"help": 15 * SECOND, "tech": 7 * SECOND},
        ).run()
        assert dict(enumerate(played.waits_ns)) == plain.waits
        assert played.tally is not None
        row = played.tally.types[0]
        assert (row[tally.TALK_NS], row[tally.HOLD_NS], row[tally.CONSULT_NS]) == (
            plain.talk,
            plain.hold,
            plain.legs,
        )
        assert (row[tally.TRANSFERS], row[tally.HANDED_OVER]) == (plain.transfers, plain.handed_over)
        assert (row[tally.LATER_WAIT_NS], row[tally.ENDED]) == (plain.later_waits, plain.ended)
        assert played.last_ns == max(plain.last, made.model.end_ns)


def test_two_plans_meet_the_same_decisions() -> None:
    """What is drawn of a call is the same with more agents, and with another table left out."""
    few, many = (loads_model(NETWORK.format(hours=4, crew=n, desk=n, keep="true"), "toml") for n in (4, 9))
    text = NETWORK.format(hours=4, crew=9, desk=9, keep="true")
    no_holds = loads_model(text.replace("share = 0.4", "share = 0.0"), "toml")
    rows = []
    for made in (few, many, no_holds):
        played = play(made, Source(made.model, 3).day(1))
        assert played.tally is not None
        rows.append(played.tally.types[0])
    same = [
        tally.TALK_NS,
        tally.TRANSFERS,
        tally.HANDED_OVER,
        tally.CONSULTS,
        tally.CONSULT_NS,
        tally.CONFERENCES,
    ]
    assert rows[0][tally.HOLDS] == rows[1][tally.HOLDS] > rows[2][tally.HOLDS]
    assert [rows[0][one] for one in same] == [rows[1][one] for one in same] == [rows[2][one] for one in same]


# ----------------------------------------------------------------------------------------------- recounted


class Told:
    """An engine whose events go to the fold and to the recount as well; refusals are kept."""

    def __init__(self, engine: Engine, made: CentreModel) -> None:
        self._engine = engine
        levels = {queue.id: queue.service_level_ns for queue in made.config.queues}
        self.facts = Facts(lambda queue: levels[queue])
        self.statistics = Statistics(made.config, SETTINGS)
        self.commands: list[Command] = []
        self.refused: list[CommandRefused] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)

    def _tell(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        self.facts.tell(events)
        self.statistics.fold(events)
        self.refused += [event for event in events if isinstance(event, CommandRefused)]
        return events

    def apply(self, command: Command, at_ns: int) -> tuple[Event, ...]:
        self.commands.append(command)
        return self._tell(self._engine.apply(command, at_ns))

    def advance(self, at_ns: int) -> tuple[Event, ...]:
        return self._tell(self._engine.advance(at_ns))


def told(made: CentreModel, seed: int, day: int = 0) -> tuple[Played, Told]:
    drawn = Source(made.model, seed).day(day)
    world = HandsWorld(made, drawn, drawn.calls())
    watched = Told(world.engine, made)
    world.engine = watched  # type: ignore[assignment]
    return world.run(), watched


@pytest.mark.parametrize("seed", [1, 2])
def test_the_report_the_fold_and_a_recount_agree(seed: int) -> None:
    """A whole day of everything: what the model counts, what the statistics count, and what can be counted anew."""
    made = load_model(MODELS / "handling.toml")
    played, engine = told(made, seed)
    assert played.tally is not None
    assert engine.refused == []
    now_ns = engine._engine.now_ns
    engine.statistics.advance(now_ns)
    total = engine.statistics.total()
    rows = played.tally.types

    def of(measure: int) -> int:
        return sum(row[measure] for row in rows)

    def placed(measure: int) -> int:
        return sum(row[measure] for row in played.tally.placed) if played.tally else 0

    assert (total.holds, total.hold_ns) == (of(tally.HOLDS), of(tally.HOLD_NS))
    assert (total.transferred, total.handed_over) == (of(tally.TRANSFERS), of(tally.HANDED_OVER))
    assert total.placed == placed(tally.PLACED)
    assert total.arrived_legs == of(tally.CONSULTS) + of(tally.UNANSWERED) + placed_internal(played)
    internal_ns = played.tally.placed[1][tally.PLACED_NS]  # the other end of each has it as long
    assert total.talk_ns == of(tally.TALK_NS) + of(tally.CONSULT_NS) + placed(tally.PLACED_NS) + internal_ns
    not_ready = 0
    for agent in made.config.agents:
        expected = agent_counts(engine.facts, agent.id, 0, now_ns)
        got = engine.statistics.agent(agent.id)
        assert got.holding_ns == expected.holding_ns
        assert got.not_ready_by == expected.not_ready_by
        assert (got.talking_ns, got.hold_ns, got.holds) == (
            expected.talking_ns,
            expected.hold_ns,
            expected.holds,
        )
        not_ready += agent_counts(engine.facts, agent.id, 0, played.last_ns).not_ready_ns
    assert not_ready == sum(played.tally.not_ready_ns)
    for queue in made.config.queues:
        counts = queue_counts(engine.facts, queue.id, None, 0, now_ns + 1, SETTINGS.short_abandon_ns)
        counts.waiting_max = counts.wait_max_ns = 0
        found = engine.statistics.queue(queue.id)
        found.waiting_max = found.wait_max_ns = 0
        assert found == counts


def placed_internal(played: Played) -> int:
    assert played.tally is not None
    return played.tally.placed[1][tally.PLACED]


# ------------------------------------------------------------------------------------------ coming again


def test_who_comes_back_keeps_the_place_or_the_agent() -> None:
    made = made_of(
        'patience = {kind = "constant", mean = "30s"}',
        'retrial = {probability = 0.5, delay = {kind = "uniform", low = "1m", high = "3m"}, keep_place = "2m"}',
        "[types.handling]",
        'outcomes = [{code = "open", share = 0.5, again = {probability = 0.5,'
        ' delay = {kind = "constant", mean = "1m"}, same_agent = "20s"}}]',
        rate=1.0,
        hours=8,
    )
    played, engine = told(made, 4)
    first: dict[str, EnqueueContact] = {}
    kept = lost = same = 0
    arrived = {str(number): at_ns for number, at_ns in enumerate(played.arrivals_ns)}
    for command in engine.commands:
        if not isinstance(command, EnqueueContact):
            continue
        before = first.get(command.customer)
        if before is None:
            assert (command.credit_ns, command.preferred) == (0, ())
            first[command.customer] = command
        elif command.preferred:
            assert (command.preferred[0].agent, command.prefer_ns) == ("crew-1", 20 * SECOND)
            same += 1
        elif command.credit_ns:
            away_ns = arrived[command.contact] - arrived[before.contact]
            assert command.credit_ns <= away_ns
            kept += 1
        else:
            lost += 1
    assert min(kept, lost, same) > 10


def test_a_blind_transfer_reaches_the_line_of_somebody_who_is_there() -> None:
    made = made_of(
        "[types.handling]",
        'transfers = [{share = 0.5, queue = "lines", agents = "desk", prefer = "1h"}]',
        centre='queues = [{id = "help", groups = ["crew"]}, {id = "lines", groups = ["crew"]}]',
        groups='{id = "crew", agents = [2]}, {id = "desk", agents = [3]}',
        hours=8,
    )
    _, engine = told(made, 4)
    moved = [command for command in engine.commands if isinstance(command, RequeueContact)]
    talks = {(talk.contact.id, talk.agent) for one in engine.facts.contacts for talk in one.talks}
    assert {command.preferred[0].agent for command in moved} == {"desk-1", "desk-2", "desk-3"}
    assert all((command.contact, command.preferred[0].agent) in talks for command in moved)


def test_who_waits_for_a_colleague_gives_up() -> None:
    made = made_of(
        "[types.handling]",
        'consults = [{share = 0.5, queue = "tech", talk = {kind = "constant", mean = "1h"},'
        ' patience = {kind = "constant", mean = "20s"}}]',
        centre=TWO,
        groups='{id = "crew", agents = [3]}, {id = "desk", agents = [1]}',
        hours=8,
    )
    played, engine = told(made, 4)
    assert engine.refused == []
    assert played.tally is not None
    row = played.tally.types[0]
    assert row[tally.UNANSWERED] > 5 * row[tally.CONSULTS] > 0
    assert row[tally.HOLD_NS] == row[tally.UNANSWERED] * 20 * SECOND + row[tally.CONSULT_NS] + waits_of_legs(
        engine
    )


def waits_of_legs(engine: Told) -> int:
    return sum(one.talks[0].start - one.arrived for one in engine.facts.contacts if one.parent and one.talks)


# ---------------------------------------------------------------------------------------- files and reports


MOST = "most = 3}}"
DESK = "agents = [{desk}]"
AGAIN = 'again = {{probability = 0.5, delay = {{kind = "constant"}}, keep_place = "1m"}}'
PAUSE = 'breaks = [{{reason = "tea", every = {{kind = "never"}}, length = {{kind = "constant"}}}}]'
OWN = (
    'placed = [{{id = "x", queue = "help", agents = "crew", to = "desk", rates = [1],'
    ' service = {{kind = "constant"}}}}]'
)
TO_TECH = '{{share = 0.1, from = "help", queue = "tech"}}'
BACK = 'share = 0.3, from = "tech", queue = "help"'


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("share = 0.4", "share = 1.4", "types[0].handling.holds.share: 1.4 is not in 0..1"),
        (TO_TECH, TO_TECH.replace("0.1", "0.95"), "add up to 1.05"),
        (
            TO_TECH,
            TO_TECH.replace("tech", "teck"),
            "transfers[0].queue: unknown queue 'teck'; did you mean 'tech'?",
        ),
        ('then = "transfer"', 'then = "join"', "consults[2].together: is needed by 'join'"),
        ('then = "transfer"', 'then = "move"', "types[0].handling.consults[2].then"),
        ('then = "join"', 'then = "return"', "consults[1].together: is not read by 'return'"),
        (BACK, 'share = 1.0, from = "tech", queue = "tech"', "never let go of a contact that is in 'tech'"),
        (DESK, f"{DESK}, {PAUSE}", "groups[1].breaks[0].every: 'never'"),
        ('period = "{hours}h"', f'period = "{{hours}}h"\n{OWN}', "placed[0].to"),
        (
            MOST,
            MOST + '\noutcomes = [{{code = "a", share = 0.6}}, {{code = "b", share = 0.6}}]',
            "types[0].handling.outcomes: has shares that add up to 1.2",
        ),
        (
            MOST,
            f'{MOST}\noutcomes = [{{{{code = "a", share = 0.6, {AGAIN}}}}}]',
            "types[0].handling.outcomes[0].again: has keep_place",
        ),
    ],
)
def test_wrong_models_say_where_and_why(old: str, new: str, complaint: str) -> None:
    assert old in NETWORK
    with pytest.raises(ConfigError) as caught:
        loads_model(NETWORK.replace(old, new, 1).format(hours=1, crew=2, desk=2, keep="true"), "toml")
    assert complaint in str(caught.value)


def test_the_command_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    model = str(MODELS / "handling.toml")
    assert cli.main(["simulate", "--model", model, "--days", "2", "--jobs", "1"]) == 0
    shown = capsys.readouterr().out
    for word in (
        "on hold",
        "resolved at the first contact",
        "nobody free / to be placed",
        "not ready / staffed",
    ):
        assert word in shown
    assert cli.main(["simulate", "--model", model, "--days", "2", "--jobs", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["placed"]["question"]["talk_s"]["value"] > 0
    assert math.isfinite(found["types"]["call"]["transfer_wait_s"]["half_width"])


def test_models_that_say_nothing_of_it_show_nothing_of_it() -> None:
    sums = simulated(made_of(hours=8), days=2)
    assert "hold_s" not in sums.figures()
    assert "not_ready_share" not in sums.team()
    with pytest.raises(UsageError, match="says nothing"):
        sums.handled(tally.HOLDS)
