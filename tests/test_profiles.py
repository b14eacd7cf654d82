"""Profiles: the built-in figures, custom ones from files, and a campaign's settings against them.

Owns what a profile must accept and refuse; must not test what is counted by it.
"""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from routing.compliance import (
    BUILT_IN,
    AttemptLimit,
    Profile,
    Settings,
    check_settings,
    choose,
    profile_of,
    profiles_of,
    strictest,
)
from routing.compliance.profiles import Strictest, check_profile
from routing.errors import ConfigError
from routing.units import DAY, HOUR, SECOND

PAGE = Path(__file__).resolve().parent.parent / "docs" / "compliance.md"


def test_built_in_profiles_keep_their_own_rules() -> None:
    for name, profile in BUILT_IN.items():
        assert profile.id == name
        assert profile.title
        check_profile(profile)


def test_figures_of_the_law() -> None:
    """Written out again, so that nobody changes one by accident; the sources stand in docs/compliance.md."""
    fcc, ftc, uk, canada = choose(["us-fcc", "us-ftc", "uk", "canada"])
    assert msgspec.structs.replace(ftc, id="us-fcc", title=fcc.title) == fcc
    assert (fcc.cap, fcc.window.kind, fcc.window.days) == (0.03, "periods", 30)
    assert (fcc.connect_within_ns, fcc.clock, fcc.ring_at_least_ns) == (2 * SECOND, "greeting", 15 * SECOND)
    assert (uk.cap, uk.window.kind, uk.window.length_ns) == (0.03, "rolling", DAY)
    assert (uk.abandoned_lockout_ns, uk.machine_lockout_ns) == (72 * HOUR, 24 * HOUR)
    assert (canada.cap, canada.window.kind) == (0.05, "calendar_month")
    assert [(span.opens, span.closes, len(span.days)) for span in canada.hours] == [
        ("09:00", "21:30", 5),
        ("10:00", "18:00", 2),
    ]
    reg_f = BUILT_IN["us-reg-f"]
    assert reg_f.attempts == (
        AttemptLimit(7, "customer", days=7, leaves_out=("busy", "invalid", "congestion", "carrier_error")),
    )
    assert (reg_f.conversation_days, reg_f.counts) == (7, False)


CUSTOM = """
[[profiles]]
id = "collections"
extends = "us"
cap = 0.01
interval = "4h"
attempts = [{ most = 2, days = 1 }, { most = 9, per = "customer", within = "30d" }]

[[profiles]]
id = "collections-uk"
extends = "collections"
window = { kind = "rolling", length = "12h" }
hours = [{ days = ["mon", "tue"], opens = "10:00", closes = "12:00" }]
[[profiles.holidays]]
region = "GB"
holidays = [{ date = "2026-12-25", name = "Christmas" }]
"""


def test_custom_profiles_extend_others() -> None:
    known = profiles_of(tomllib.loads(CUSTOM)["profiles"])
    ours, british = known["collections"], known["collections-uk"]
    assert (ours.cap, ours.interval_ns, ours.ring_at_least_ns) == (0.01, 4 * HOUR, 15 * SECOND)
    assert ours.attempts == (AttemptLimit(2, days=1), AttemptLimit(9, "customer", within_ns=30 * DAY))
    assert (british.cap, british.window.length_ns, british.hours[0].closes) == (0.01, 12 * HOUR, "12:00")
    assert british.holidays[0].holidays[0].name == "Christmas"
    assert set(BUILT_IN) < set(known)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "profiles[0].id: is missing; every Profile needs one, so add it"),
        ({"id": "a", "caps": 0.1}, "profiles[0].caps: unknown field; did you mean 'cap'?"),
        ({"id": "a", "cap": 3}, "profiles[0].cap: Expected `float` <= 1.0; correct it"),
        ({"id": "a", "interval": 4}, "profiles[0].interval: 4 is a number and has no unit"),
        ({"id": "a", "interval": "4 hours"}, "profiles[0].interval: '4 hours' has the unknown unit 'hours'"),
        ({"id": "a", "extends": 5}, "profiles[0].extends: must be the id of a profile, in quotes"),
        ({"id": "us"}, "profiles[0].id: 'us' is taken; choose another"),
        ({"id": "a", "cap": 0.1}, "profiles[0].connect_within: is 0s, so nothing is abandoned"),
        ({"id": "a", "window": {"kind": "weekly"}}, "profiles[0].window.kind: 'weekly' is not one of"),
        (
            {"id": "a", "window": {"kind": "rolling", "length": "0s"}},
            "profiles[0].window.length: is 0s; write how long",
        ),
        (
            {"id": "a", "hours": [{"days": ["mon"], "opens": "9:00", "closes": "12:00"}]},
            "profiles[0].hours[0].opens: '9:00' is no time of day",
        ),
        (
            {"id": "a", "holidays": [{"holidays": [{"date": "2026-02-30"}]}]},
            "profiles[0].holidays[0].holidays[0].date: '2026-02-30' is not in the calendar",
        ),
        (
            {"id": "a", "attempts": [{"most": 1, "days": 1, "within": "1d"}]},
            "profiles[0].attempts[0].within: stands beside days; keep one",
        ),
        ({"id": "a", "attempts": [{"most": 0}]}, "profiles[0].attempts[0].most: 0 is not in 1..1000000"),
        ([], "profiles[0]: a list stands here; it must be a table"),
    ],
)
def test_what_is_wrong_is_told_by_its_path(table: object, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        profiles_of([table])
    assert str(caught.value).startswith(message)


def test_a_list_of_tables_is_wanted() -> None:
    with pytest.raises(ConfigError, match=r"profiles: must be a list of tables; write \[\[profiles\]\]"):
        profiles_of({"id": "a"})
    with pytest.raises(
        ConfigError, match=r"campaigns\[2\].profiles\[1\]: unknown profile 'x'; known are us-fcc"
    ):
        choose(["us", "x"], path="campaigns[2].profiles")
    with pytest.raises(ConfigError, match=r"^id: is empty"):
        profile_of({"id": ""})


def test_each_rule_is_that_of_the_strictest() -> None:
    ours = Profile("ours", cap=0.02, connect_within_ns=SECOND, interval_ns=HOUR)
    assert strictest([*choose(["us", "uk"]), ours]) == {
        "cap": Strictest(0.02, "ours"),
        "connect_within": Strictest(SECOND, "ours"),
        "ring_at_least": Strictest(15 * SECOND, "us"),
        "interval": Strictest(HOUR, "ours"),
        "abandoned_lockout": Strictest(72 * HOUR, "uk"),
        "machine_lockout": Strictest(24 * HOUR, "uk"),
    }


GOOD = Settings(message="sorry.wav", caller_id="+12125550100")


@pytest.mark.parametrize(
    ("ids", "changes", "message"),
    [
        (["us"], {}, ""),
        (
            ["us"],
            {"ring_ns": 14 * SECOND},
            "a.ring_timeout: '14s' breaks the rule ring_at_least of profile 'us'",
        ),
        (["uk-none"], {}, "a.mode: 'predictive' may abandon calls, which the rule cap of profile 'uk-none'"),
        (["uk-none"], {"mode": "progressive"}, ""),
        (
            ["us", "canada"],
            {"cap": 0.05},
            "a.cap: 0.05 breaks the rule cap of profile 'us'; write at most 0.03",
        ),
        (["canada"], {"cap": 0.05}, ""),
        (["us"], {"grace_ns": 3 * SECOND}, "a.grace: '3s' breaks the rule connect_within of profile 'us'"),
        (
            ["us"],
            {"message": ""},
            "a.message: is missing, which breaks the rule message_required of profile 'us'",
        ),
        (["us"], {"message": "", "mode": "preview"}, ""),
        (["canada"], {"caller_id": ""}, "a.caller_id: is missing, which breaks the rule caller_id_required"),
        (
            ["uk"],
            {"detects_machines": True},
            "a.machine_false_positives: is missing, but machines are listened",
        ),
        (["uk"], {"detects_machines": True, "machine_false_positives": 0.0}, ""),
        (["uk"], {"detects_machines": True, "trust_confidence": True}, ""),
        (["us-reg-f"], {"message": "", "caller_id": "", "ring_ns": 0, "cap": 1.0}, ""),
    ],
)
def test_settings_that_break_a_rule_are_refused_at_load(
    ids: list[str], changes: dict[str, object], message: str
) -> None:
    given = msgspec.structs.replace(GOOD, **changes)
    if not message:
        check_settings(given, choose(ids), "a")
        return
    with pytest.raises(ConfigError) as caught:
        check_settings(given, choose(ids), "a")
    assert str(caught.value).startswith(message)


@pytest.mark.tree
def test_the_page_has_every_profile_with_its_figures() -> None:
    """One row a profile and rule: the figure on the page is the one in the code."""
    text = PAGE.read_text(encoding="utf-8")
    for name, profile in BUILT_IN.items():
        assert f"`{name}`" in text
        if profile.counts and profile.cap and name not in ("us", "us-ftc"):
            section = re.search(rf"(?ms)^### `{name}`.*?(?=^##)", text)
            assert section, name
            assert f"{round(profile.cap * 100)} %" in section[0]
            assert f"{profile.connect_within_ns // SECOND} s" in section[0]
