"""Figures: worked examples in all definitions, bounds, what each figure reads, and that sums of counts decide.

Owns formulas as they stand in docs/metrics.md; must not know how counts come about.
"""

import math
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, fields, replace

from routing.errors import UsageError
from routing.statistics import metrics
from routing.statistics.metrics import Activity, Waits
from routing.statistics.metrics.catalogue import AGENTS, FAMILY, LEVELS, QUEUES, Entry
from routing.statistics.quantiles import Histogram
from routing.statistics.shapes import (
    MAXIMA,
    AgentCounts,
    AgentRow,
    ContactRecord,
    QueueCounts,
    SegmentRecord,
    Session,
)
from routing.units import DAY, HOUR, MINUTE, SECOND

small = st.integers(0, 50)
spans = st.integers(0, HOUR)


@st.composite
def queue_counts(draw: st.DrawFn) -> QueueCounts:
    """Counts that can be: parts are at most their wholes."""
    counts = {
        field.name: draw(spans if field.name.endswith("_ns") else small) for field in fields(QueueCounts)
    }
    for prefix in ("", "contacts_"):
        counts[f"{prefix}answered_in"] = draw(st.integers(0, counts[f"{prefix}answered"]))
        counts[f"{prefix}abandoned_in"] = draw(st.integers(0, counts[f"{prefix}abandoned"]))
        counts[f"{prefix}abandoned_short"] = draw(st.integers(0, counts[f"{prefix}abandoned"]))
    counts["transferred"] = draw(st.integers(0, counts["segments"]))
    return QueueCounts(**counts)


@st.composite
def agent_counts(draw: st.DrawFn) -> AgentCounts:
    states = ("talking_ns", "holding_ns", "wrap_up_ns", "ringing_ns", "not_ready_ns", "engaged_ns", "idle_ns")
    times = {state: draw(spans) for state in states}
    in_hand_ns = times["talking_ns"] + times["holding_ns"]
    segments = draw(small)
    lunch_ns = draw(st.integers(0, times["not_ready_ns"]))
    return AgentCounts(
        staffed_ns=sum(times.values()),
        **times,
        not_ready_by={"lunch": lunch_ns, "training": times["not_ready_ns"] - lunch_ns},
        in_hand_ns=draw(st.integers(in_hand_ns, 3 * in_hand_ns)),
        offers=draw(small),
        accepted=draw(small),
        rejected=draw(small),
        missed=draw(small),
        failed=draw(small),
        withdrawn=draw(small),
        segments=segments,
        transferred=draw(st.integers(0, segments)),
        talk_ns=draw(spans),
        hold_ns=draw(spans),
        wrap_ups=draw(small),
        contact_wrap_up_ns=draw(spans),
    )


def shares(told: Any) -> dict[str, float]:
    """Every figure that is a share and can be said, families included."""
    found: dict[str, float] = {}
    for name, value in asdict(told).items():
        if name in ("contacts", "visits", "service_level"):
            found |= {f"{name}.{inner}": share for inner, share in shares(value).items()}
        elif (
            isinstance(value, float)
            and not name.endswith(("_s", "_h"))
            and name not in ("queue_length", "concurrency")
        ):
            found[name] = value
    return found


# ------------------------------------------------------------------------------------------------ by hand


def test_one_day_in_all_definitions() -> None:
    """The example of docs/metrics.md, by hand."""
    waits = Waits(
        answered=400, answered_in=300, abandoned=80, abandoned_in=40, abandoned_short=20, flowed_out=20
    )
    assert waits.offered == 500
    assert metrics.service_level(waits) == metrics.ServiceLevel(
        of_offered=300 / 500,
        of_answered=300 / 400,
        of_answered_and_abandoned=300 / 480,
        without_early_abandons=300 / 460,
        with_early_abandons=340 / 500,
        without_short_abandons=300 / 480,
        without_abandons=300 / 420,
        service_factor=300 / 460,
    )


def test_ciscos_own_example() -> None:
    """70 answered and 10 abandoned within the threshold, 20 beyond it: 78 %, 70 % and 80 %."""
    level = metrics.service_level(
        Waits(answered=90, answered_in=70, abandoned=10, abandoned_in=10, abandoned_short=0, flowed_out=0)
    )
    assert level.without_early_abandons == 70 / 90
    assert level.of_offered == 0.7
    assert level.with_early_abandons == 0.8


def test_the_service_factors_own_example() -> None:
    """400 calls: 200 answered in time and 100 late, 50 abandoned early and 50 late: 57.14 %."""
    level = metrics.service_level(
        Waits(answered=300, answered_in=200, abandoned=100, abandoned_in=50, abandoned_short=50, flowed_out=0)
    )
    assert level.service_factor == pytest.approx(0.5714, abs=5e-5)


@pytest.mark.parametrize(
    ("flow_outs", "short", "abandons", "whole"),
    [
        (False, True, True, 480),
        (False, False, True, 460),
        (False, True, False, 400),
        (False, False, False, 400),
        (True, True, True, 500),
        (True, False, True, 480),
        (True, False, False, 420),
    ],
)
def test_switches_of_genesys_cloud(flow_outs: bool, short: bool, abandons: bool, whole: int) -> None:
    waits = Waits(
        answered=400, answered_in=300, abandoned=80, abandoned_in=40, abandoned_short=20, flowed_out=20
    )
    told = metrics.genesys_cloud(waits, flow_outs=flow_outs, short_abandons=short, abandons=abandons)
    assert told == 300 / whole


def test_a_queue_by_hand() -> None:
    waits = Histogram()
    for seconds in (4, 10, 30):
        waits.add(seconds * SECOND)
    told = metrics.report(
        QueueCounts(
            entered=7,
            answered=3,
            answered_in=2,
            abandoned=2,
            abandoned_in=1,
            abandoned_short=1,
            overflowed=1,
            answered_elsewhere=1,
            wait_answered_ns=44 * SECOND,
            wait_abandoned_ns=52 * SECOND,
            wait_other_ns=44 * SECOND,
            wait_max_ns=50 * SECOND,
            waiting_ns=140 * SECOND,
            waiting_max=3,
            offers=5,
            offers_rejected=1,
            offers_missed=1,
            ring_ns=25 * SECOND,
            segments=4,
            transferred=1,
            talk_ns=400 * SECOND,
            hold_ns=40 * SECOND,
            wrap_ups=3,
            wrap_up_ns=60 * SECOND,
            contacts=4,
            contacts_answered=2,
            contacts_answered_in=1,
            contacts_abandoned=1,
            contacts_diverted=1,
            contact_wait_answered_ns=30 * SECOND,
            contact_wait_abandoned_ns=9 * SECOND,
        ),
        span_ns=280 * SECOND,
        answered_waits=waits,
    )
    assert (told.visits.arrived, told.visits.offered, told.visits.flowed_out) == (7, 6, 1)
    assert (told.visits.asa_s, told.visits.abandoned_wait_s) == (44 / 3, 26.0)
    assert told.visits.answered_share == 0.5
    assert told.visits.abandoned_share == 2 / 6
    assert told.visits.abandoned_share_without_short == 1 / 5
    assert (told.contacts.arrived, told.contacts.offered, told.contacts.flowed_out) == (4, 4, 1)
    assert (told.contacts.asa_s, told.contacts.abandoned_wait_s) == (15.0, 9.0)
    assert told.contacts.service_level.of_offered == 0.25
    assert (told.wait_s, told.wait_longest_s) == (20.0, 50.0)
    assert (told.queue_length, told.queue_length_most) == (0.5, 3)
    assert told.overflowed_share == 1 / 7
    assert (told.aht_s, told.talk_s, told.hold_s, told.acw_s) == (125.0, 100.0, 10.0, 20.0)
    assert told.transferred_share == 0.25
    assert (told.ring_s, told.offers_answered_share) == (5.0, 3 / 5)
    assert told.answered_waits is not None
    assert told.answered_waits.count == 3
    assert told.answered_waits.max_ns == 30 * SECOND


def test_an_agent_by_hand() -> None:
    """Eight hours, one at lunch; two chats at once for half of the three hours in hand."""
    told = metrics.agent_report(
        AgentCounts(
            staffed_ns=8 * HOUR,
            talking_ns=2 * HOUR,
            holding_ns=HOUR,
            wrap_up_ns=HOUR,
            ringing_ns=HOUR // 2,
            idle_ns=HOUR,
            engaged_ns=3 * HOUR // 2,
            not_ready_ns=HOUR,
            not_ready_by={"lunch": HOUR},
            in_hand_ns=9 * HOUR // 2,
            offers=12,
            accepted=9,
            missed=1,
            segments=9,
            transferred=3,
            talk_ns=3 * HOUR,
            hold_ns=3 * HOUR // 2,
            wrap_ups=8,
            contact_wrap_up_ns=HOUR,
        )
    )
    assert (told.staffed_h, told.busy_h) == (8.0, 4.0)
    assert told.occupancy == 4 / 5.5
    assert told.occupancy_without_ringing == 0.8
    assert (told.utilisation, told.idle_share, told.not_ready_share) == (0.5, 0.125, 0.125)
    assert told.concurrency == 1.5
    assert (told.aht_s, told.talk_s, told.hold_s, told.acw_s) == (2200.0, 1200.0, 600.0, 450.0)
    assert (told.transferred_share, told.offers_answered_share) == (1 / 3, 0.9)
    assert told.segments_per_staffed_h == 1.125


def test_nothing_is_not_zero() -> None:
    told = metrics.report(QueueCounts())
    assert shares(told) == {}
    assert (told.contacts.asa_s, told.wait_s, told.aht_s, told.queue_length, told.answered_waits) == (
        None,
    ) * 5
    idle = metrics.agent_report(AgentCounts())
    assert shares(idle) == {}
    assert (idle.occupancy, idle.concurrency, idle.aht_s) == (None, None, None)
    assert metrics.report(QueueCounts(), span_ns=SECOND).queue_length == 0.0
    with pytest.raises(UsageError, match="span_ns 0"):
        metrics.report(QueueCounts(), span_ns=0)


# ------------------------------------------------------------------------------------------------ properties


@settings(max_examples=50, deadline=None)
@given(queue_counts())
def test_shares_of_queues_lie_between_0_and_1(counts: QueueCounts) -> None:
    told = metrics.report(counts, span_ns=HOUR)
    assert all(0 <= share <= 1 for share in shares(told).values()), shares(told)
    for family in (told.contacts, told.visits):
        assert family.offered == family.answered + family.abandoned + family.flowed_out
        level = family.service_level
        if family.offered:
            assert level.of_offered is not None
            assert all(share is None or share >= level.of_offered for share in asdict(level).values()), (
                "offered is the widest denominator"
            )


@settings(max_examples=50, deadline=None)
@given(agent_counts())
def test_shares_of_agents_lie_between_0_and_1(counts: AgentCounts) -> None:
    told = metrics.agent_report(counts)
    assert all(0 <= share <= 1 for share in shares(told).values()), shares(told)
    assert told.concurrency is None or told.concurrency >= 1
    if told.occupancy is not None and told.utilisation is not None:
        assert told.utilisation <= told.occupancy


@settings(max_examples=50, deadline=None)
@given(st.lists(queue_counts(), max_size=4), st.randoms(use_true_random=False))
def test_figures_of_merged_counts_are_those_of_the_sum(parts: list[QueueCounts], random: Random) -> None:
    whole = QueueCounts()
    for field in fields(QueueCounts):
        values = [getattr(part, field.name) for part in parts]
        setattr(whole, field.name, max(values, default=0) if field.name in MAXIMA else sum(values))
    cut = random.randint(0, len(parts))
    merged = metrics.total([metrics.total(parts[cut:]), metrics.total(random.sample(parts[:cut], cut))])
    assert merged == whole
    assert metrics.report(merged) == metrics.report(whole)


@settings(max_examples=50, deadline=None)
@given(st.lists(agent_counts(), max_size=4))
def test_figures_of_a_team_are_those_of_the_sum(parts: list[AgentCounts]) -> None:
    team = metrics.agents_total(parts)
    assert metrics.agents_total([metrics.agents_total(parts[:1]), metrics.agents_total(parts[1:])]) == team
    assert sum(team.not_ready_by.values()) == team.not_ready_ns
    busy_ns = sum(part.talking_ns + part.holding_ns + part.wrap_up_ns for part in parts)
    told = metrics.agent_report(team)
    assert told.busy_h == busy_ns / HOUR
    assert told.utilisation == (busy_ns / team.staffed_ns if team.staffed_ns else None)


# ------------------------------------------------------------------------------------------------ the catalogue


def changed(counts: Any, told: Any, path: str) -> set[str]:
    """The fields that a figure depends on: those whose change changes it, whichever way."""
    before = told(counts, path)
    found = set()
    for field in fields(counts):
        if field.name != "not_ready_by":
            now = getattr(counts, field.name)
            others = [replace(counts, **{field.name: value}) for value in (now + 7, now * 3 + 1)]
            if any(told(other, path) != before for other in others):
                found.add(field.name)
    return found


def of_report(counts: Any, path: str) -> Any:
    told: Any = metrics.report(counts, span_ns=HOUR)
    for name in path.split("."):
        told = getattr(told, name)
    return told


def of_agent(counts: Any, path: str) -> Any:
    return getattr(metrics.agent_report(counts), path)


def test_the_catalogue_names_every_figure() -> None:
    for struct, entries, beside in (
        (metrics.ServiceLevel, LEVELS, set()),
        (metrics.Family, FAMILY, {"service_level"}),
        (metrics.Metrics, QUEUES, {"contacts", "visits", "answered_waits"}),
        (metrics.AgentMetrics, AGENTS, set()),
    ):
        assert [entry.name for entry in entries] == [
            field.name for field in fields(struct) if field.name not in beside
        ]


@pytest.mark.parametrize("entry", [*LEVELS, *FAMILY], ids=lambda entry: entry.name)
def test_families_read_what_the_catalogue_says(entry: Entry) -> None:
    counts = QueueCounts(**{field.name: 100 + place for place, field in enumerate(fields(QueueCounts))})
    path = f"service_level.{entry.name}" if entry in LEVELS else entry.name
    for family, side in (("contacts", 0), ("visits", 2)):
        reads = {name.partition("/")[side] for name in entry.reads} - {""}
        assert changed(counts, of_report, f"{family}.{path}") == reads


@pytest.mark.parametrize("entry", QUEUES, ids=lambda entry: entry.name)
def test_queues_read_what_the_catalogue_says(entry: Entry) -> None:
    counts = QueueCounts(**{field.name: 100 + place for place, field in enumerate(fields(QueueCounts))})
    assert changed(counts, of_report, entry.name) == set(entry.reads)


@pytest.mark.parametrize("entry", AGENTS, ids=lambda entry: entry.name)
def test_agents_read_what_the_catalogue_says(entry: Entry) -> None:
    names = [field.name for field in fields(AgentCounts) if field.name != "not_ready_by"]
    counts = AgentCounts(**{name: 100 + place for place, name in enumerate(names)})  # type: ignore[arg-type]
    assert changed(counts, of_agent, entry.name) == set(entry.reads)


# ------------------------------------------------------------------------------------------------ coming back


def contact(
    name: str,
    arrived_d: float,
    *,
    customer: str = "eve",
    subject: str = "bill",
    answered: bool = True,
    moved: bool = False,
) -> ContactRecord:
    """A contact of ten minutes that arrives on a day."""
    arrived_ns = round(arrived_d * DAY)
    ended_ns = arrived_ns + 10 * MINUTE
    segment = SegmentRecord("ann", "q", arrived_ns, arrived_ns + MINUTE, ended_ns, 0, 0, moved)
    return ContactRecord(
        contact=name,
        channel="voice",
        priority=0,
        entry_queue="q",
        queue="q",
        arrived_ns=arrived_ns,
        answered_ns=arrived_ns + MINUTE if answered else 0,
        ended_ns=ended_ns,
        outcome="handled" if answered else "abandoned",
        service_level_ns=20 * SECOND,
        visits=1,
        overflows=0,
        segments=(segment,) if answered else (),
        customer=customer,
        subject=subject,
    )


def test_first_contact_resolution_by_hand() -> None:
    records = [
        contact("c1", 1),  # repeated: c2 is four days later, c3 six days after that, all one issue
        contact("c2", 5),
        contact("c3", 11),
        contact("c4", 20),  # an issue of its own: more than a week later
        contact("c5", 1, customer="max"),  # another subject is another issue: both resolved
        contact("c6", 2, customer="max", subject="parcel"),
        contact("c7", 3, customer="zoe", answered=False),  # left, and never came back
        contact("c8", 3, customer="kim", moved=True),
        contact("c9", 28, customer="kim"),  # cannot be judged yet
        contact("d1", 29, customer=""),
        contact("d2", 29, subject=""),
    ]
    told = metrics.first_contact_resolution(records, 30 * DAY)
    assert told == metrics.Resolution(
        issues=7, resolved=4, repeated=1, failed=1, pending=1, unknown=2, share=4 / 6
    )
    shuffled = Random(1).sample(records, len(records))
    assert metrics.first_contact_resolution(shuffled, 30 * DAY) == told
    strict = metrics.first_contact_resolution(records, 30 * DAY, transfers_fail=True)
    assert (strict.resolved, strict.failed) == (3, 2)
    day = metrics.first_contact_resolution(records, 30 * DAY, window_ns=DAY)
    assert (day.issues, day.repeated, day.pending) == (9, 0, 0)
    with pytest.raises(UsageError, match="window_ns 0"):
        metrics.first_contact_resolution([], 0, window_ns=0)
    assert metrics.first_contact_resolution([], 0).share is None


def test_the_window_ends_to_the_nanosecond() -> None:
    first, second = contact("a", 1), contact("b", 2)
    at = first.ended_ns + DAY
    for arrived_ns, issues in ((at, 1), (at + 1, 2)):
        later = replace(second, arrived_ns=arrived_ns, ended_ns=arrived_ns + 1)
        assert metrics.first_contact_resolution([first, later], 90 * DAY, window_ns=DAY).issues == issues


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc"), st.booleans()), max_size=25),
    st.integers(0, 60),
)
def test_issues_are_parted(told: list[tuple[int, str, bool]], until_d: int) -> None:
    records = [
        contact(f"c{number}", day, customer=customer, answered=answered)
        for number, (day, customer, answered) in enumerate(told)
    ]
    result = metrics.first_contact_resolution(records, until_d * DAY, window_ns=3 * DAY)
    assert result.resolved + result.repeated + result.failed + result.pending == result.issues <= len(records)
    assert result.share is None or 0 <= result.share <= 1


# ------------------------------------------------------------------------------------------------ the rest


def test_surveys_by_hand() -> None:
    assert metrics.satisfaction([5, 5, 4, 3, 1]) == metrics.Satisfaction(count=5, mean=3.6, top_share=0.6)
    assert metrics.satisfaction([7, 6, 5, 1], best=7, boxes=1).top_share == 0.25
    assert metrics.satisfaction([]) == metrics.Satisfaction(count=0, mean=None, top_share=None)
    assert metrics.recommendation([10] * 3 + [8] * 5 + [0, 6]).score == 10.0
    assert metrics.recommendation([]).score is None
    for scores, best, boxes in (
        ([0], 5, 2),
        ([6], 5, 2),
        ([True], 5, 2),
        ([4.5], 5, 2),
        ([], 5, 5),
        ([], 5, 0),
    ):
        with pytest.raises(UsageError):
            metrics.satisfaction(scores, best=best, boxes=boxes)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="score 11"):
        metrics.recommendation([11])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=1))
def test_nps_lies_between_its_bounds(scores: list[int]) -> None:
    told = metrics.recommendation(scores)
    assert told.promoters + told.passives + told.detractors == len(scores)
    assert told.score is not None
    assert -100 <= told.score <= 100


def test_estimate_errors_by_hand() -> None:
    told = metrics.estimate_errors(
        [(30 * SECOND, 10 * SECOND, 20 * SECOND), (10 * SECOND, 20 * SECOND, None)]
    )
    assert (told.count, told.bias_s, told.mae_s, told.bounded, told.covered_share) == (2, 5.0, 15.0, 1, 1.0)
    assert told.rmse_s == math.sqrt(250)
    assert metrics.estimate_errors([]).rmse_s is None
    assert metrics.estimate_errors([(1, 1)]).covered_share is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(spans, spans), min_size=1, max_size=30))
def test_errors_are_ordered(pairs: list[tuple[int, int]]) -> None:
    told = metrics.estimate_errors(pairs)
    assert told.bias_s is not None
    assert told.mae_s is not None
    assert told.rmse_s is not None
    assert abs(told.bias_s) <= told.mae_s <= told.rmse_s * (1 + 1e-12)


def test_schedules_by_hand() -> None:
    """Work, a break, work; the agent comes late, takes the break too long and stays longer."""
    schedule = [Activity(0, 60), Activity(60, 75, "break"), Activity(75, 120)]
    actual = [Activity(10, 58), Activity(58, 80, "break"), Activity(80, 130)]
    told = metrics.adherence(schedule, actual)
    assert (told.scheduled_ns, told.adherent_ns, told.outside_ns) == (120, 48 + 15 + 40, 10)
    assert (told.work_scheduled_ns, told.worked_ns) == (105, 98)
    assert (told.adherence, told.conformance) == (103 / 120, 98 / 105)
    assert metrics.adherence(schedule, actual, outside_counts=True).adherence == 103 / 130
    assert metrics.adherence([], actual).adherence is None
    assert metrics.adherence(schedule, []).adherence == 0.0
    assert metrics.adherence([Activity(0, 4, "break")], []).conformance is None
    sessions = [Session("ann", 75, 120), Session("ann", 0, 60)]
    assert metrics.adherence(schedule, metrics.at_work(sessions)).conformance == 1.0
    for wrong in ([Activity(5, 4)], [Activity(0, 5), Activity(4, 6)]):
        with pytest.raises(UsageError, match="actual"):
            metrics.adherence([], wrong)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["work", "break", ""])), max_size=12),
    st.randoms(use_true_random=False),
)
def test_adherence_is_that_of_every_instant(parts: list[tuple[int, str]], random: Random) -> None:
    """Against the obvious: look at every nanosecond."""

    def laid(lengths: list[tuple[int, str]]) -> list[Activity]:
        at, found = 0, []
        for length, activity in lengths:
            if activity and length:
                found.append(Activity(at, at + length, activity))
            at += length
        return found

    schedule, actual = laid(parts), laid(random.sample(parts, len(parts)))
    plan = {at: span.activity for span in schedule for at in range(span.start_ns, span.end_ns)}
    done = {at: span.activity for span in actual for at in range(span.start_ns, span.end_ns)}
    told = metrics.adherence(random.sample(schedule, len(schedule)), actual)
    assert told.scheduled_ns == len(plan)
    assert told.adherent_ns == sum(done.get(at) == activity for at, activity in plan.items())
    assert told.outside_ns == sum(activity == "work" and at not in plan for at, activity in done.items())
    assert told.adherence is None or 0 <= told.adherence <= 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.booleans(), max_size=60), st.lists(st.booleans(), max_size=60), st.integers(1, 20))
def test_adherence_by_interval_is_never_less(plan: list[bool], done: list[bool], width: int) -> None:
    """From rows as narrow as instants it is exact; conformance always is."""
    schedule = [Activity(at, at + 1) for at, work in enumerate(plan) if work]
    actual = [Activity(at, at + 1) for at, work in enumerate(done) if work]
    exact = metrics.adherence(schedule, actual)

    def rows(width: int) -> list[AgentRow]:
        cuts = range(0, len(done), width)
        return [
            AgentRow(
                at,
                at + width,
                "ann",
                AgentCounts(staffed_ns=width, not_ready_ns=width - sum(done[at : at + width])),
            )
            for at in reversed(cuts)
        ]

    assert metrics.adherence_by_interval(schedule, rows(1)) == exact
    told = metrics.adherence_by_interval(schedule, rows(width))
    assert told.conformance == exact.conformance
    assert exact.adherent_ns <= told.adherent_ns <= min(exact.worked_ns, exact.scheduled_ns)


def test_rows_of_several_agents_are_refused() -> None:
    rows = [AgentRow(0, 1, "ann", AgentCounts()), AgentRow(1, 2, "ben", AgentCounts())]
    with pytest.raises(UsageError, match="ann"):
        metrics.adherence_by_interval([], rows)
    with pytest.raises(UsageError, match="rows"):
        metrics.adherence_by_interval([], [rows[0], rows[0]])


@pytest.mark.tree
def test_python_on_the_page_runs() -> None:
    page = Path(__file__).resolve().parent.parent / "docs" / "metrics.md"
    blocks = re.findall(r"(?ms)^```python\n(.*?)^```", page.read_text(encoding="utf-8"))
    assert blocks
    for block in blocks:
        exec(compile(block, page.name, "exec"), {"__name__": "page"})
