"""``huntgroup client`` with the centre around the contact: screens, call-backs, supervision, recordings, the audit log.

Owns these commands; must not test what the RPCs do (`test_center_server`).
"""

import argparse
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from center_site import answered, recorded, serving, until, write_site

from grpc_api.cli.calling import add_client
from grpc_api.client import Client
from routing import EnqueueContact, Remark
from routing.errors import HuntgroupError, UsageError
from routing.remarks import Signal

pytestmark = pytest.mark.once

#: What a command printed, a value a line.
Say = Callable[..., list[Any]]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    with serving(write_site(tmp_path)) as (_, client):
        yield client


@pytest.fixture
def say(client: Client, capsys: pytest.CaptureFixture[str]) -> Say:
    parser = argparse.ArgumentParser()
    add_client(parser)

    def said(*arguments: str) -> list[Any]:
        options = parser.parse_args(
            ["--server", client.target.address, "--domain", "bank", "--timeout", "60s", *arguments]
        )
        capsys.readouterr()
        assert options.run(options) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return said


def tomorrow(hour: int) -> str:
    """An hour of tomorrow, as the options have it."""
    day = datetime.now(UTC).date() + timedelta(days=1)
    return f"{day}T{hour:02}:00"


def test_a_call_back_is_booked_moved_and_cancelled(say: Say) -> None:
    noon, one, two = (tomorrow(hour) for hour in (12, 13, 14))
    assert {slot["free"] for slot in say("call-back", "slots", "help", "--from", noon, "--to", one)} == {True}
    wish = ("--queue", "help", "--number", "020 7946 0018", "--confirmed", "--agent", "ann")
    (booked,) = say("call-back", "book", "p1", *wish, "--from", noon, "--to", one)
    assert (booked["kind"], booked["agent"], booked["outcome"]) == ("booked", "ann", "")
    assert datetime.fromtimestamp(booked["from_ns"] / 1e9, UTC).strftime("%Y-%m-%dT%H:%M") == noon
    (moved,) = say("call-back", "move", "p1", "--agent", "", "--from", one, "--to", two)
    assert (moved["agent"], moved["from_ns"]) == ("", booked["to_ns"])
    assert [one["call_back"] for one in say("call-back", "list", "--queue", "help")] == ["p1"]
    (over,) = say("call-back", "cancel", "p1", "--reason", "no more")
    assert over["outcome"] == "cancelled"
    assert say("call-back", "list", "--customer", booked["customer"]) == []
    assert say("call-back", "number", "never") == [""]


def test_a_waiting_contact_keeps_its_place(client: Client, say: Say) -> None:
    client.apply(EnqueueContact("w1", ("lines",)))
    (kept,) = say("call-back", "book", "--contact", "w1", "--keep-place", "--number", "020 7946 0019")
    assert (kept["call_back"], kept["kind"]) == ("w1", "kept")


def test_windows_are_read_on_the_clock_that_is_named(say: Say) -> None:
    window = ("--from", tomorrow(14), "--to", tomorrow(15))
    (east,) = say("call-back", "book", "p2", "--queue", "help", "--number-reference", "n", *window)
    (west,) = say("call-back", "move", "p2", *window, "--timezone", "America/Phoenix")
    assert west["from_ns"] - east["from_ns"] == 7 * 3_600_000_000_000
    assert west["timezone"] == "America/Phoenix"
    with pytest.raises(UsageError, match="is not after --from"):
        say("call-back", "move", "p2", "--from", tomorrow(15), "--to", tomorrow(14))
    with pytest.raises(UsageError, match="--timezone: unknown time zone 'Europe/Lodnon'; did you mean"):
        say("call-back", "move", "p2", *window, "--timezone", "Europe/Lodnon")
    with pytest.raises(HuntgroupError, match="UNKNOWN_CALL_BACK"):
        say("call-back", "cancel", "p9")


def test_supervision_and_what_it_leaves(client: Client, say: Say) -> None:
    answered(client, "c1")
    assert say("screen", "c1", "ann")[0]["customer"] == client.get_contact("c1").customer
    assert [code["code"] for code in say("dispositions", "help")] == ["sold"]
    assert say("supervise", "listen", "c1", "--who", "kim", "--why", "training") == [
        {"done": True, "refusal": None}
    ]
    until_then = tomorrow(9)
    told = ("--who", "kim", "--queue", "help", "--text", "The new tariff is out.", "--until", until_then)
    say("supervise", "post_message", *told)
    (message,) = say("messages", "ann")
    assert (message["text"], message["by"]) == ("The new tariff is out.", "kim")
    assert datetime.fromtimestamp(message["until_ns"] / 1e9, UTC).strftime("%Y-%m-%dT%H:%M") == until_then
    assert say("messages", "--queue", "lines") == []
    until(lambda: say("audit", "--act", "PostMessage"))  # and so all before it
    rows = say("audit", "--who", "kim")
    listened = [row for row in rows if row["why"] == "training"]
    assert {row["subject"] for row in listened} == {"c1"}
    assert len(say("audit", "--who", "kim", "--newest", "1")) == 1
    acts = [word for row in listened for word in ("--act", row["act"])]
    assert say("audit", "--who", "kim", *acts) == listened
    assert say("audit", "--who", "kim", "--to", "2026-01-01") == []
    with pytest.raises(HuntgroupError, match="ROLE_MISSING"):
        say("supervise", "take_over", "c1", "--who", "wall")
    with pytest.raises(SystemExit):
        say("supervise", "spy", "c1")


def test_recordings_are_found_held_and_released(client: Client, say: Say) -> None:
    recorded(client, "c2")
    (one,) = until(lambda: say("recordings", "list", "--contact", "c2", "--queue", "help"))
    why = ("--matter", "case 7", "--why", "a letter of the court")
    assert say("recordings", "hold", one["segment"], *why) == [{"deletion_asked": []}]
    assert [found["contact"] for found in say("recordings", "list", "--matter", "case 7")] == ["c2"]
    say("recordings", "release", one["segment"], *why)
    assert say("recordings", "list", "--matter", "case 7") == []


def test_alerts_that_nobody_has_acknowledged(client: Client, say: Say) -> None:
    client.apply(EnqueueContact("angry", ("lines",)))
    client.apply(Remark("angry", Signal("mood", "9")))
    (alert,) = until(lambda: say("alerts", "lines"))
    assert (alert["contact"], alert["code"], alert["level"]) == ("angry", "angry", "critical")
    assert say("alerts", "help") == []
