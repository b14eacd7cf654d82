"""Files of campaigns: what is read, what is refused, and by which words.

Owns `routing.outbound.campaign`, ``checking`` and ``files``; must not know how anything is dialled.
"""

import runpy
from pathlib import Path
from typing import Any

import pytest
from msgspec import inspect
from msgspec.structs import replace

from routing import Agent, Config, Queue
from routing.config import load as load_config
from routing.config.shape import is_duration
from routing.durations import format_duration
from routing.errors import ConfigError
from routing.model import Hours, OpenSpan, Overflow
from routing.outbound.campaign import Campaign, Carrier, Detection, Outbound, Settings, Share
from routing.outbound.checking import box_of, check_against, check_outbound, law_of
from routing.outbound.files import load_outbound, loads_outbound
from routing.units import HOUR, MINUTE, SECOND

CENTRE = Config(
    timezone="America/New_York",
    agents=(
        Agent("ann", groups=("out",)),
        Agent("ben", groups=("in", "out")),
        Agent("cat", groups=("in",)),
        Agent("dan"),
    ),
    queues=(
        Queue(
            "sales", groups=("out",), tier=1, ring_timeout_ns=SECOND, max_wait=Overflow(after_ns=2 * SECOND)
        ),
        Queue("service", groups=("in",)),
        Queue("never", members=("dan",)),
    ),
    hours=(Hours("office", (OpenSpan(("mon", "tue"), "09:00", "17:00"),)),),
)
SPRING = Campaign(
    "spring", "sales", profiles=("us",), caller_id="main", message="sorry", carriers=(Share("one"),)
)
ONE = Carrier("one", concurrent=30, calls_per_second=5, burst=5)

FILE = """
settings = {decide_every = "250ms", front_end = "pbx"}

[[profiles]]
id = "strict"
extends = "us"
cap = 0.01

[[carriers]]
id = "one"
concurrent = 30
calls_per_second = 5
burst = 5

[[campaigns]]
id = "spring"
queue = "sales"
profiles = ["strict", "us-reg-f"]
cap = 0.005
ring_timeout = "20s"
caller_id = "main"
message = "sorry"
hours = "office"
starts = "2026-11-30 09:00"
ends = "2026-12-24"
amd = {on = true, delay = "1s500ms", false_positives = 0.02}
carriers = [{carrier = "one"}]
rules = {retry = {busy = {after = "3m"}}}
"""


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "campaigns.toml"
    file.write_text(FILE)
    outbound = load_outbound(file)
    (campaign,) = outbound.campaigns
    check_against(outbound, CENTRE)
    assert (campaign.ring_ns, campaign.amd.delay_ns) == (20 * SECOND, 1500_000_000)
    assert campaign.rules is not None
    assert campaign.rules.retry.busy.after_ns == 3 * MINUTE
    assert outbound.settings.decide_ns == SECOND // 4
    law = law_of(campaign, outbound)
    assert (law.cap, law.connect_ns, law.ring_least_ns) == (0.005, 2 * SECOND, 15 * SECOND)
    box = box_of(campaign, CENTRE)
    assert box.ends_ns - box.starts_ns == 23 * 24 * HOUR + 15 * HOUR  # in New York
    assert box.holds(box.starts_ns)
    assert not box.holds(box.ends_ns)


def test_defaults_stand_as_documented() -> None:
    outbound = Outbound((SPRING,), (ONE,))
    check_against(outbound, CENTRE)
    assert (SPRING.mode, SPRING.ring_ns, SPRING.weight, SPRING.amd.on) == (
        "predictive",
        25 * SECOND,
        1,
        False,
    )
    assert outbound.settings.decide_ns == SECOND // 2
    assert outbound.campaign("spring") is SPRING
    assert outbound.campaign("autumn") is None


def wrong(**changes: Any) -> str:
    with pytest.raises(ConfigError) as error:
        check_against(Outbound((replace(SPRING, **changes),), (ONE,)), CENTRE)
    return str(error.value)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"profiles": ()}, "campaigns[0].profiles: is empty; name the law that binds"),
        ({"profiles": ("uss",)}, "campaigns[0].profiles[0]: unknown profile 'uss'; did you mean 'us'?"),
        ({"cap": 0.05}, "campaigns[0].cap: 0.05 breaks the rule cap of profile 'us'; write at most 0.03"),
        ({"cap": -0.1}, "campaigns[0].cap: -0.1 is not in 0..1; write 0.03 for 3 %"),
        (
            {"ring_ns": 14 * SECOND},
            "campaigns[0].ring_timeout: '14s' breaks the rule ring_at_least of profile 'us'",
        ),
        ({"message": ""}, "campaigns[0].message: is missing, which breaks the rule message_required"),
        ({"caller_id": ""}, "campaigns[0].caller_id: is missing, which breaks the rule caller_id_required"),
        ({"queue": ""}, "campaigns[0].queue: is empty; mode 'predictive' needs the queue of its agents"),
        ({"queue": "sale"}, "campaigns[0].queue: unknown queue 'sale'; did you mean 'sales'?"),
        ({"queue": "never"}, "campaigns[0].queue: queue 'never' has no max_wait, so a person who answered"),
        ({"mode": "agentless"}, "campaigns[0].queue: 'sales' is of no use to mode 'agentless'; leave it out"),
        ({"mode": "agentless", "queue": ""}, "campaigns[0].concurrent: 0 calls at once dial nothing"),
        ({"ratio": 2.0}, "campaigns[0].ratio: is read by mode 'power' only, and this is 'predictive'"),
        ({"ratio": 0.0, "mode": "power"}, "campaigns[0].ratio: 0.0 is not in 0..100 without 0; correct it"),
        ({"carriers": (Share("two"),)}, "campaigns[0].carriers[0].carrier: unknown carrier 'two'"),
        (
            {"carriers": (Share("one"), Share("one"))},
            "campaigns[0].carriers[1].carrier: 'one' is listed twice",
        ),
        ({"max_agents": 2, "min_agents": 3}, "campaigns[0].max_agents: 2 is less than min_agents 3"),
        ({"hours": "offices"}, "campaigns[0].hours: unknown hours 'offices'; did you mean 'office'?"),
        ({"starts": "2026-13-01"}, "campaigns[0].starts: '2026-13-01' is not in the calendar"),
        (
            {"starts": "2026-12-01", "ends": "2026-11-01"},
            "campaigns[0].ends: '2026-11-01' is not after starts",
        ),
        (
            {"amd": Detection(True, false_positives=2.0)},
            "campaigns[0].amd.false_positives: 2.0 is not in 0..1",
        ),
        (
            {"amd": Detection(True)},
            "campaigns[0].amd.false_positives: is missing, but machines are listened for",
        ),
        (
            {"profiles": ("us", "never")},
            "campaigns[0].mode: 'predictive' may abandon calls, which the rule cap",
        ),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], says: str) -> None:
    assert wrong(**changes).startswith(says)


def centre(**changes: Any) -> Config:
    first, *others = CENTRE.queues
    return replace(CENTRE, queues=(replace(first, **changes), *others))


def test_the_queue_gives_up_in_time() -> None:
    outbound = Outbound((SPRING,), (ONE,))
    for queue, says in (
        (
            {"max_wait": Overflow(after_ns=3 * SECOND)},
            "gives up after 3s, and the law wants an agent within 2s",
        ),
        (
            {"max_wait": Overflow("voicemail", after_ns=SECOND)},
            "passes those who wait too long on to 'voicemail'",
        ),
        ({"tier": 0}, "has tier 0 and shares agents with 'service' of tier 0; give it a tier above 0"),
        ({"ring_timeout_ns": 3 * SECOND}, "lets offers ring for 3s, and while one rings nobody is given up"),
        ({"ring_timeout_ns": 0}, "lets offers ring for ever"),
        ({"hours": "office"}, "has opening hours 'office', outside of which it turns answered calls away"),
    ):
        with pytest.raises(ConfigError, match=says) as error:
            check_against(outbound, centre(**queue))
        assert str(error.value).startswith("campaigns[0].queue: queue 'sales' ")
    check_against(Outbound((replace(SPRING, inbound_first=False),), (ONE,)), centre(tier=0))
    check_against(Outbound((replace(SPRING, hours="office"),), (ONE,)), centre(hours="office"))
    check_against(outbound, centre(groups=(), members=("ann",), tier=0))  # shares nobody


def test_a_law_that_counts_from_picking_up_leaves_less() -> None:
    canada = replace(SPRING, profiles=("canada",), amd=Detection(True, 500_000_000, false_positives=0.02))
    assert law_of(canada, Outbound(())).connect_ns == 1_500_000_000
    with pytest.raises(ConfigError, match="the law wants an agent within 1s500ms"):
        check_against(Outbound((canada,), (ONE,)), CENTRE)
    late = replace(canada, amd=Detection(True, 2 * SECOND, trust_confidence=True))
    with pytest.raises(ConfigError, match="2s of detection leaves no time to connect an agent"):
        check_against(Outbound((late,), (ONE,)), CENTRE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("campaigns = [{queue = 'x'}]", "campaigns[0].id: is missing"),
        ("campaigns = [{id = 'x', que = 'y'}]", "campaigns[0].que: unknown field; did you mean 'queue'?"),
        (
            "campaigns = [{id = 'x', ring_timeout = 20}]",
            "campaigns[0].ring_timeout: 20 is a number and has no",
        ),
        ("campaigns = [{id = 'x', mode = 'predictiv'}]", "campaigns[0].mode: 'predictiv' is not one of"),
        (
            "campaigns = []\ncarriers = [{id = 'a'}, {id = 'a'}]",
            "carriers[1].id: 'a' is the id of carriers[0]",
        ),
        (
            "campaigns = []\ncarriers = [{id = 'a', calls_per_second = -1}]",
            "carriers[0].calls_per_second: -1",
        ),
        ("campaigns = []\ncarriers = [{id = 'a', failing_share = 0}]", "carriers[0].failing_share: 0"),
        ("campaigns = []\nprofiles = [{id = 'us'}]", "profiles[0].id: 'us' is taken; choose another"),
        (
            "campaigns = []\nprofiles = [{id = 'a', extends = 'uz'}]",
            "profiles[0].extends: unknown profile 'uz'",
        ),
        (
            "[[campaigns]]\nid='x'\nmode='preview'\nqueue='q'\nprofiles=['never']\nrules.retry.morning = '14:00'",
            "campaigns[0].rules.retry.morning: '14:00' is not before noon",
        ),
    ],
)
def test_a_wrong_file_names_the_place(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        loads_outbound(text, "toml")
    assert str(error.value).startswith(says)


def test_a_profile_of_python_may_not_hide_a_built_in_one() -> None:
    law = law_of(SPRING, Outbound(())).profiles[0]
    with pytest.raises(ConfigError, match="'us' is the name of a built-in one"):
        check_outbound(Outbound((), profiles=(law,)))


def rows_of(page: str, after: str) -> dict[str, str]:
    """Fields and defaults of the first table after a line."""
    table = page.partition(f"\n{after}\n")[2].partition("|")[2].partition("\n\n")[0]
    cells = [line.split("|") for line in f"|{table}".splitlines()[2:]]
    return {cell[1].strip(" `"): cell[2].strip(" `") for cell in cells}


def spelled_default(default: object, kind: Any) -> str:
    match default:
        case bool():
            return str(default).lower()
        case str():
            return f'"{default}"'
        case tuple():
            return "[]"
        case None:
            return "none"
        case Detection():
            return "off"
        case int() if is_duration(kind):
            return f'"{format_duration(default)}"'
        case _:
            return str(default)


@pytest.mark.tree
@pytest.mark.parametrize(
    ("struct", "after"),
    [
        (Campaign, "`[[campaigns]]`"),
        (Detection, "`amd` of a campaign"),
        (Carrier, "`[[carriers]]`"),
        (Settings, "`settings`"),
    ],
)
def test_the_page_has_every_field_and_its_default(struct: Any, after: str) -> None:
    page = (Path(__file__).parent.parent / "docs" / "outbound.md").read_text()
    kind = inspect.type_info(struct)
    assert isinstance(kind, inspect.StructType)
    expected = {
        field.encode_name: "required" if field.required else spelled_default(field.default, field.type)
        for field in kind.fields
    }
    assert rows_of(page, after) == expected


@pytest.mark.tree
def test_the_example_dials(capsys: pytest.CaptureFixture[str]) -> None:
    example = runpy.run_path(str(Path(__file__).parent.parent / "examples" / "outbound" / "campaign.py"))
    check_against(
        load_outbound(example["HERE"] / "campaigns.toml"), load_config(example["HERE"] / "centre.toml")
    )
    example["main"](example["MORNING_NS"] + 2 * MINUTE)
    assert "the campaign's cap is 2 %" in capsys.readouterr().out
