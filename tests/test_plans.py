"""Plans: edits, replications under many seeds, and two plans on the same calls, from Python and from the command.

Owns tests of ``plans``, ``replications``, ``drawing`` and ``huntgroup whatif``; must not test a single simulation
(``test_simulation``) or models (``test_models``).
"""

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest

from routing import Agent, Config, Overflow, Queue, Reserve, cli
from routing.config import dumps, normalise
from routing.errors import ConfigError, UsageError
from routing.model import Shift
from routing.simulation import CallLog, demo_centre, demo_day
from routing.simulation.drawing import curve
from routing.simulation.plans import change_agents, set_value
from routing.simulation.replications import Figures, World, compare, estimate, flatten, nested, replicate
from routing.units import MINUTE, SECOND

WORLD = World(mean_patience_ns=2 * MINUTE)
SEEDS = range(4)


def centre() -> Config:
    """Three in sales, of whom two are alike; one for everything else."""
    return normalise(
        Config(
            skills=("tech", "talk"),
            agents=(
                Agent("ann", {"talk": 90}, ("sales",)),
                Agent("ben", {"talk": 50}, ("sales",)),
                Agent("cec", {"talk": 50}, ("sales",)),
                Agent("dan", {"tech": 70}, ("back",)),
            ),
            queues=(
                Queue("sales", groups=("sales",), requirement="talk"),
                Queue(
                    "help", members=("ben", "cec", "dan"), reserves=(Reserve(members=("ann",), after_ns=5),)
                ),
            ),
            shifts=(
                Shift("08:00", "16:00", agents=("ben", "cec")),
                Shift("09:00", "17:00", groups=("back",)),
            ),
        )
    )


def log() -> CallLog:
    """The first part of a made-up day."""
    found = demo_day(1)
    found.calls = found.calls[:300]
    return found


# ------------------------------------------------------------------------------------------------------ edits


def test_more_agents_are_like_most_of_the_group() -> None:
    made, words = change_agents(centre(), "+2@sales")
    assert words == "2 agents more in group sales, like ben: sales-extra-1, sales-extra-2"
    new = made.agents[-2:]
    assert [agent.id for agent in new] == ["sales-extra-1", "sales-extra-2"]
    assert all((agent.skills, agent.groups) == ({"talk": 50}, ("sales",)) for agent in new)
    assert made.shifts[0].agents == ("ben", "cec", "sales-extra-1", "sales-extra-2")
    assert made.queues[1].members == ("ben", "cec", "dan", "sales-extra-1", "sales-extra-2")
    assert made.queues[1].reserves == centre().queues[1].reserves
    again, _ = change_agents(made, "+1@sales")
    assert again.agents[-1].id == "sales-extra-3"
    assert centre() == normalise(centre())


def test_more_agents_for_a_queue() -> None:
    made, words = change_agents(centre(), "+1@help")
    assert words == "1 agent more in queue help, like ben: help-extra-1"
    assert made.queues[1].members[-1] == "help-extra-1"


def test_fewer_agents_are_the_last() -> None:
    made, words = change_agents(centre(), "-2@sales")
    assert words == "2 agents fewer in group sales: ben, cec"
    assert [agent.id for agent in made.agents] == ["ann", "dan"]
    assert made.queues[1].members == ("dan",)
    assert len(made.shifts) == 1  # the other had nobody left
    normalise(made)


def test_nobody_is_removed_so_that_a_queue_is_open_to_all() -> None:
    """A queue without members is served by everybody; removing its last member must not make it so."""
    lonely = Config(
        agents=(Agent("ann", groups=("a",)), Agent("ben")), groups=("a",), queues=(Queue("q", ("ann",)),)
    )
    with pytest.raises(UsageError, match="queue 'q' would have no member left"):
        change_agents(lonely, "-1@a")


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        ("5@sales", "is no change of agents; write"),
        ("+0@sales", "is no change of agents"),
        ("+1@sails", "'sails' is neither a group nor a queue; did you mean 'sales'?"),
        ("-4@sales", "group 'sales' has 3 agents; no 4 of them can go"),
    ],
)
def test_wrong_changes_of_agents(edit: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        change_agents(centre(), edit)
    assert complaint in str(caught.value)


def test_values_are_set_as_a_file_spells_them() -> None:
    config = centre()
    assert set_value(config, "queues.sales.ring_timeout=15s").config.queues[0].ring_timeout_ns == 15 * SECOND
    assert set_value(config, "queues[1].strategy = linear").config.queues[1].strategy == "linear"
    assert set_value(config, 'queues.help.wrap_up="unlimited"').config.queues[1].wrap_up_ns == -1
    assert set_value(config, "agents.ben.skills.talk=99").config.agents[1].skills == {"talk": 99}
    assert set_value(config, "limits.priority=5").config.limits.priority == 5
    made = set_value(config, 'queues.sales.max_wait={to="voicemail", after="1m"}').config
    assert made.queues[0].max_wait == Overflow("voicemail", after_ns=MINUTE)


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        ("queues.sales", "'queues.sales' sets nothing; write path=value"),
        ("queues.sails.ring_timeout=15s", "there is no 'sails'; did you mean 'sales'?"),
        ("queues[7].ring_timeout=15s", "there is no '7'"),
        ("timezone.offset=1", "leads into a single value"),
    ],
)
def test_paths_that_lead_nowhere(edit: str, complaint: str) -> None:
    config = set_value(centre(), "timezone=Europe/Berlin").config
    with pytest.raises(UsageError) as caught:
        set_value(config, edit)
    assert complaint in str(caught.value)


def test_wrong_values_are_complained_about_by_the_configuration() -> None:
    with pytest.raises(
        ConfigError, match=r"queues\[0\].ring_timeout: .*\(after queues.sales.ring_timeout=15\)"
    ):
        set_value(centre(), "queues.sales.ring_timeout=15")
    with pytest.raises(ConfigError, match="ring_timout: unknown field; did you mean 'ring_timeout'"):
        set_value(centre(), "queues.sales.ring_timout=15s")


# ----------------------------------------------------------------------------------------------- replications


@pytest.fixture(scope="module")
def plain() -> list[Figures]:
    return replicate(demo_centre(), log(), SEEDS, WORLD, jobs=1)


def test_seeds_differ_and_every_figure_has_an_interval(plain: list[Figures]) -> None:
    found = estimate(plain)
    assert found["total", "offered"].value == 300
    assert found["total", "offered"].half_width == 0
    asa = found["total", "asa_s"]
    assert asa.n == 4
    assert asa.half_width is not None
    assert asa.half_width > 0
    assert asa.value == pytest.approx(sum(one["total", "asa_s"] or 0 for one in plain) / 4)
    assert any(path[0] == "half_hours" for path in found)
    assert nested(found)["total"]["asa_s"] is asa


def test_figures_do_not_depend_on_the_number_of_processes(plain: list[Figures]) -> None:
    assert replicate(demo_centre(), log(), SEEDS, WORLD, jobs=2) == plain
    assert replicate(demo_centre(), log(), [2], WORLD, jobs=1) == plain[2:3]


def test_a_plan_against_itself_differs_nowhere(plain: list[Figures]) -> None:
    again = replicate(demo_centre(), log(), SEEDS, WORLD, jobs=1)
    for path, compared in compare(plain, again).items():
        if compared.difference.n:
            assert compared.difference.value == compared.difference.half_width == 0, path
            assert not compared.difference.differs_from_0
        else:
            assert compared.old.value is None, path


def test_the_same_callers_make_differences_sharp(plain: list[Figures]) -> None:
    config, _ = change_agents(demo_centre(), "+1@tellers")
    more = replicate(config, log(), SEEDS, WORLD, jobs=1)
    found = compare(plain, more)["total", "wait_mean_s"]
    assert found.old.value is not None
    assert found.new.value is not None
    assert found.new.value == pytest.approx(found.old.value + (found.difference.value or 0))
    assert found.new.value <= found.old.value


def test_misuse_of_replications(plain: list[Figures]) -> None:
    with pytest.raises(UsageError, match="no seeds"):
        replicate(demo_centre(), log(), [], WORLD)
    with pytest.raises(UsageError, match="4 replications against 3"):
        compare(plain, plain[1:])


def test_lists_become_tables() -> None:
    rows = {"overflows": [{"queue": "a", "cause": "length", "to": "queue", "to_queue": "b", "count": 2}]}
    assert flatten(rows) == {("overflows", "a length queue b", "count"): 2}


# ------------------------------------------------------------------------------------------------ the picture


def test_curves_go_by_the_time_of_day(plain: list[Figures]) -> None:
    found = curve(plain, ("busy",))
    assert found.hours == sorted(found.hours)
    assert all(
        low <= value <= high for low, value, high in zip(found.lows, found.values, found.highs, strict=True)
    )
    assert curve([], ("busy",)).hours == []


# ------------------------------------------------------------------------------------------------ the command


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A centre and a log as files."""
    config, calls = tmp_path / "centre.toml", tmp_path / "calls.csv"
    config.write_text(dumps(demo_centre(), "toml"), encoding="utf-8")
    rows = [
        f"{call.arrival_ns},{call.queue},{call.service_ns},{call.patience_ns or 'inf'}"
        for call in log().calls
    ]
    calls.write_text("\n".join(["arrival_ns,queue,service_ns,patience_ns", *rows]), encoding="utf-8")
    return str(config), str(calls)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = cli.main(list(arguments))
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_whatif_tells_what_was_changed_and_what_it_does(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str]
) -> None:
    config, calls = files
    arguments = (
        "whatif",
        config,
        "--agents",
        "+2@tellers",
        "--calls",
        calls,
        "--patience",
        "2m",
        "--seeds",
        "3",
    )
    code, out, err = run(capsys, *arguments, "--jobs", "1")
    assert (code, err) == (0, "")
    assert "Changed: 2 agents more in group tellers, like " in out
    assert "difference" in out
    code, out, _ = run(
        capsys, *arguments, "--jobs", "1", "--json", "--set", "queues.regular.service_level=30s"
    )
    document = json.loads(out)
    assert [words.partition(",")[0] for words in document["changes"]] == [
        "2 agents more in group tellers",
        "queues.regular.service_level = '30s'",
    ]
    offered = document["total"]["offered"]
    assert offered["old"]["value"] == offered["new"]["value"] == 300
    assert offered["difference"] == {
        "value": 0.0,
        "half_width": 0.0,
        "std_error": 0.0,
        "n": 3,
        "differs_from_0": False,
    }


@pytest.mark.slow
def test_a_picture_is_the_same_every_time(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path
) -> None:
    config, calls = files
    one, two = tmp_path / "one.svg", tmp_path / "two.svg"
    for path in (one, two):
        arguments = (
            "whatif",
            config,
            "--agents",
            "-1@tellers",
            "--calls",
            calls,
            "--seeds",
            "2",
            "--jobs",
            "1",
        )
        assert run(capsys, *arguments, "--plot", str(path))[0] == 0
    assert one.read_bytes() == two.read_bytes()
    assert b"<svg" in one.read_bytes()


def test_whatif_against_itself(capsys: pytest.CaptureFixture[str], files: tuple[str, str]) -> None:
    config, calls = files
    code, out, err = run(
        capsys, "whatif", config, "--against", config, "--calls", calls, "--seeds", "2", "--jobs", "1"
    )
    assert (code, err) == (0, "")
    assert "No interval of a difference leaves 0 out." in out


def test_many_seeds_from_the_command(capsys: pytest.CaptureFixture[str], files: tuple[str, str]) -> None:
    config, calls = files
    arguments = ("simulate", config, "--calls", calls, "--seeds", "3", "--jobs", "1")
    code, out, err = run(capsys, *arguments)
    assert (code, err) == (0, "")
    assert "All seeds gave the same" in out
    code, out, _ = run(capsys, *arguments, "--json", "--patience", "1m", "--seed", "5")
    document = json.loads(out)
    assert document["total"]["asa_s"]["n"] == 3
    assert document["total"]["asa_s"]["half_width"] > 0
    assert (document["seed"], document["seeds"]) == (5, 3)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--agents", "+1@nobody"), "'nobody' is neither a group nor a queue"),
        ((), "nothing is changed; give --agents, --set or --against"),
        (("--agents", "+1@tellers", "--seeds", "1"), "an interval needs at least 2"),
        (("--agents", "+1@tellers", "--staffing", "log"), "--agents has no effect with --staffing log"),
        (("--agents", "+1@tellers", "--plot", "plans.gif"), "must end in one of .png, .svg, .pdf"),
    ],
)
def test_wrong_whatifs(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], arguments: tuple[str, ...], complaint: str
) -> None:
    config, calls = files
    code, out, err = run(capsys, "whatif", config, "--calls", calls, *arguments)
    assert (code, out) == (2, "")
    assert complaint in err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--model", "m.toml", "--calls", "x"), "--model draws its calls"),
        (("--model", "m.toml", "--journal", "x"), "--journal is of a single run"),
        (("c.toml", "--calls", "x", "--seeds", "2", "--per-call", "y"), "--per-call is of a single run"),
        (("c.toml", "--calls", "x", "--seeds", "0"), "--seeds is 0"),
        (("--model", "m.toml", "--days", "0"), "--days is 0"),
        (("c.toml",), "give CONFIG and --calls FILE, or --model FILE"),
    ],
)
def test_wrong_simulations(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], complaint: str
) -> None:
    code, out, err = run(capsys, "simulate", *arguments)
    assert (code, out) == (2, "")
    assert complaint in err


def test_without_matplotlib_it_says_what_to_install(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config, calls = files

    def missing(name: str, package: str | None = None) -> ModuleType:
        raise ModuleNotFoundError(f"No module named 'matplotlib', for {name} {package}", name="matplotlib")

    monkeypatch.setattr(importlib, "import_module", missing)
    code, _, err = run(
        capsys, "whatif", config, "--agents", "+1@tellers", "--calls", calls, "--plot", "p.svg"
    )
    assert code == 2
    assert "--plot needs 'matplotlib', which is not installed; install huntgroup[plot]" in err


def test_plans_that_take_other_calls_are_refused(
    capsys: pytest.CaptureFixture[str], files: tuple[str, str], tmp_path: Path
) -> None:
    config, calls = files
    other = tmp_path / "other.toml"
    text = dumps(demo_centre(), "toml").replace('id = "internet"', 'id = "web"')
    other.write_text(text, encoding="utf-8")
    code, _, err = run(capsys, "whatif", config, "--against", str(other), "--calls", calls)
    assert code == 1
    assert "the two plans do not take the same calls" in err
