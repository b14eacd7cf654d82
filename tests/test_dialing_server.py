"""A server that dials: front-ends, campaigns, permissions, metrics, how it is read anew, and how it ends.

Owns the way over the wire; must not test pacing, the law, or lists.
"""

import asyncio
import contextlib
import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from dialling_site import DOMAIN, PATIENT, Pbx, connected, write_campaigns, write_site
from msgspec.structs import replace

from grpc_api.client import AsyncClient, Client, Target
from grpc_api.client.dials import Dials
from grpc_api.dialing import desk, opening
from grpc_api.dialing.desk import FileDesk
from grpc_api.dialing.lines import Lines
from grpc_api.dialing.shapes import Dial, DialOver
from grpc_api.facade import LiveLeg, SyncCalls
from grpc_api.guard.tokens import hash_token, new_token
from grpc_api.running import Running
from grpc_api.settings import DialingSettings, ServerSettings, load_settings
from grpc_api.status import Fault
from routing import AcceptOffer, LogIn
from routing.cli import main
from routing.commands import EndWrapUp
from routing.errors import ConfigError, UnavailableError
from routing.views import AttemptView

pytestmark = pytest.mark.once

TOKENS = {
    name: new_token() for name in ("front_end", "supervisor", "other", "read_only", "administrator", "agent")
}
EXTRA: dict[str, dict[str, Any]] = {
    "supervisor": {"queues": ["sales"]},
    "other": {"roles": ["supervisor"], "queues": ["service"]},
    "agent": {"agent": "a1"},
}


def until(holds: Callable[[], object]) -> None:
    """Wait for something that comes soon."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.01)


def guard() -> str:
    entries = []
    for name, token in TOKENS.items():
        raw = {
            "name": name,
            "hash": hash_token(token),
            "roles": [name],
            "domains": [DOMAIN],
            **EXTRA.get(name, {}),
        }
        entries.append("{" + ", ".join(f"{key} = {json.dumps(value)}" for key, value in raw.items()) + "}")
    return f"guard.insecure = true\nguard.tokens = [{', '.join(entries)}]"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path)


@contextlib.contextmanager
def dialling(settings: Path, *, agents: int = 3) -> Iterator[tuple[Running, Client]]:
    """The server with its agents logged in and the campaign running; what is in flight in the end is stopped."""
    with Running(load_settings(settings)) as running, connected(running.addresses["grpc"]) as client:
        for number in range(1, agents + 1):
            client.apply(LogIn(f"a{number}"))
        client.set_campaign_state("spring", "running")
        try:
            yield running, client
        finally:
            client.set_campaign_state("spring", "stopped")
            until(lambda: not in_flight(running))


def in_flight(running: Running) -> int:
    return running.domains[DOMAIN].host.read(lambda engine: len(engine.attempts))


def states(running: Running) -> dict[str, str]:
    """What the latest step has obeyed."""
    desk = running.domains[DOMAIN].desk
    assert isinstance(desk, FileDesk)
    return dict(desk._dialer._states)


def take(dials: Dials, count: int) -> list[Dial | DialOver]:
    """The next so many, each as it comes."""
    return list(islice(dials, count))


def test_a_campaign_is_dialled(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with dialling(site) as (running, client):
        assert client.get_campaign("spring").problem == "no front-end listens for all its carriers"
        time.sleep(0.1)
        assert not in_flight(running)
        with connected(running.addresses["grpc"]) as other, Pbx(other, Random(1)) as pbx:
            until(lambda: len(pbx.dials) > 40)
            assert client.set_campaign_state("spring", "draining") == "running"
            until(lambda: client.get_campaign("spring").brief.state == "stopped")
        assert len({dial.attempt for dial in pbx.dials}) == len(pbx.dials)
        assert all(dial.number.startswith("+1212555") for dial in pbx.dials)
        first = pbx.dials[0]
        assert (first.caller_id, first.greeting, first.message) == ("main", "hello", "sorry")
        assert (first.carrier, first.ring_ns, first.detect_machines) == ("one", 20_000_000_000, True)
        assert (first.detection_ns, first.campaign, first.again) == (1_500_000_000, "spring", False)
        picture = client.get_campaign("spring")
        assert picture.attempts == len(pbx.dials) == sum(picture.outcomes.values()) == picture.brief.dials
        assert set(picture.outcomes) <= set(Pbx.OUTCOMES)
        assert picture.brief.persons == picture.outcomes["person"] == picture.brief.answered
        assert [(one.profile, one.cap) for one in picture.accounts] == [("ours", 1.0)]
        assert picture.brief.cap == 0.9  # the campaign's own is stricter
        assert [(one.list, one.records) for one in picture.lists] == [("spring", 200)]
        assert [(one.carrier, one.begun) for one in picture.carriers] == [("one", len(pbx.dials))]
        assert picture.pacing is not None
        (brief,) = client.list_campaigns()
        assert brief == picture.brief
        text = running.telemetry.render().decode()
        mine = f'campaign="spring",domain="{DOMAIN}"'
        assert f"huntgroup_dials_total{{{mine}}} {float(len(pbx.dials))}" in text
        busy = float(picture.outcomes["busy"])
        assert (
            f'huntgroup_dial_outcomes_total{{campaign="spring",domain="{DOMAIN}",outcome="busy"}} {busy}'
            in text
        )
        assert f"huntgroup_campaign_running{{{mine}}} 0.0" in text
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            assert main(["show", "campaigns", "--server", running.addresses["grpc"]]) == 0
        assert "Spring offer" in out.getvalue()
        assert "stopped" in out.getvalue()
    for file in (site.parent / "data").iterdir():
        assert b"2125550" not in file.read_bytes(), "a number in the journal"


def test_nothing_is_told_twice_to_who_knows_and_cancelled_is_said(site: Path) -> None:
    with dialling(site) as (running, client):
        with client.watch_dials("pbx", carriers=["one"]) as dials:
            told = take(dials, 3)
            assert not client.report_attempt(told[0].attempt, "ringing", front_end="pbx").refusal
            until(lambda: in_flight(running) == 9)  # three for each agent: no step that goes on dials another
        assert dials.known >= {one.attempt for one in told}
        client.set_campaign_state("spring", "paused")
        waiting = running.domains[DOMAIN].host.read(
            lambda engine: {view.id for view in engine.attempts.values() if view.state == "dialing"}
        )
        # Whoever says nothing of what it knows is told again of what nobody has reported on, and that it is so.
        with client.watch_dials("pbx") as dials:
            again = take(dials, len(waiting))
        assert {one.attempt for one in again} == waiting
        before = {one.attempt for one in told}
        assert {one.attempt for one in again if isinstance(one, Dial) and one.again} >= before & waiting
        known = {told[0].attempt, *waiting, "never"}
        with client.watch_dials("pbx", known=known) as dials:
            # A stream begins when it is read, and of what was over before, nobody knows why. So it is read once.
            coming = iter(dials)
            over = [next(coming)]
            assert over == [DialOver("never", "lost")]
            client.set_campaign_state("spring", "stopped")
            over += islice(coming, len(known) - 1)
        assert {one.attempt: one.outcome for one in over if isinstance(one, DialOver)} == {
            **dict.fromkeys(known, "cancelled"),
            "never": "lost",
        }
        assert not dials.known


def test_only_the_front_end_that_an_attempt_names_has_it(site: Path) -> None:
    with dialling(site) as (running, client):
        with client.watch_dials("other") as dials:
            time.sleep(0.1)
            assert client.get_campaign("spring").problem
        assert not in_flight(running)
        with client.watch_dials("pbx") as dials:
            (one,) = take(dials, 1)
            with pytest.raises(Fault) as caught:
                client.end_attempt(one.attempt, "busy", front_end="other")
            assert caught.value.reason == "ANOTHERS_ATTEMPT"
            assert client.end_attempt(one.attempt, "busy", front_end="pbx").message == ""
            late = client.end_attempt(one.attempt, "person", front_end="pbx")
            assert late.refusal is not None
            assert (late.refusal.reason, late.call_id) == ("attempt_ended", "")
            assert client.end_attempt("never", "busy").refusal is not None


def test_a_person_and_a_machine(site: Path) -> None:
    with dialling(site) as (_, client), client.watch_dials("pbx") as dials:
        one, other = take(dials, 2)
        person = client.end_attempt(one.attempt, "person", front_end="pbx", request_id="r1")
        assert (person.call_id, person.message) == (one.attempt, "")
        assert person.instructions
        repeated = client.end_attempt(one.attempt, "person", front_end="pbx", request_id="r1")
        assert (repeated.call_id, repeated.refusal) == (one.attempt, None)
        machine = client.end_attempt(
            other.attempt, "machine", front_end="pbx", confidence=80, detection_ns=10**9, cause="200"
        )
        assert (machine.call_id, machine.message) == ("", "sorry")
        client.closing("a1")
        assert not client.skip_preview("never")
        synced = client.sync_calls(SyncCalls("pbx", (LiveLeg(one.attempt),), attempts=("unheard",)))
        assert synced.unknown_attempts == ("unheard",)
        assert other.attempt not in synced.lost_attempts


def test_a_front_end_that_has_forgotten_its_dials_says_so(site: Path) -> None:
    with dialling(site) as (running, client):
        with client.watch_dials("pbx") as dials:
            told = {one.attempt for one in take(dials, 4)}
        client.set_campaign_state("spring", "paused")
        until(lambda: states(running) == {"spring": "paused"})  # no step that goes on dials another
        kept = min(told)
        synced = client.sync_calls(SyncCalls("pbx", attempts=(kept,)))
        assert set(synced.lost_attempts) >= told - {kept}
        assert in_flight(running) == 1


def test_a_preview_is_dialled_for_whoever_takes_it(tmp_path: Path) -> None:
    write_campaigns(tmp_path, mode='mode = "preview"')
    found: list[Dial | DialOver] = []
    with dialling(write_site(tmp_path, agents=1), agents=1) as (running, client):
        host, dials = running.domains[DOMAIN].host, client.watch_dials("pbx")
        thread = threading.Thread(target=lambda: found.extend(dials))
        thread.start()

        def offered(but: str = "") -> Any:
            views = host.read(lambda engine: list(engine.contacts.values()))
            return next((one for one in views if one.state == "offered" and one.id != but), None)

        until(offered)
        skipped = offered().id
        assert client.skip_preview(skipped)
        until(lambda: offered(skipped))
        view = offered(skipped)
        client.apply(AcceptOffer(view.id, "a1", view.segments[0].offer))
        until(lambda: found)
        (dial,) = found
        assert isinstance(dial, Dial)
        assert (dial.attempt, dial.contact, dial.agent) == (view.id, view.id, "a1")
        line = client.end_attempt(view.id, "person", front_end="pbx")
        assert (line.call_id, [type(one).__name__ for one in line.instructions]) == (view.id, ["Talk"])
        dials.close()
        thread.join()


def test_tasks_can_do_so_as_well(site: Path) -> None:
    async def ask(address: str) -> list[Any]:
        async with AsyncClient(Target(address), DOMAIN, PATIENT) as client:
            async for one in client.watch_dials("pbx", carriers=["one"]):
                await client.report_attempt(one.attempt, "answered", front_end="pbx")
                line = await client.end_attempt(one.attempt, "fax", front_end="pbx")
                break
            await client.closing("a1")
            skipped = await client.skip_preview("never")
            names = [one.campaign async for one in client.list_campaigns(page_size=1)]
            before = await client.set_campaign_state("spring", "paused")
            after = (await client.get_campaign("spring")).brief.state
            return [line.call_id, skipped, names, before, after]

    with dialling(site) as (running, _):
        assert asyncio.run(ask(running.addresses["grpc"])) == ["", False, ["spring"], "running", "paused"]


# -------------------------------------------------------------------------------------------------- may they

WAYS: dict[str, Callable[[Client], object]] = {
    "watch": lambda client: next(iter(client.watch_dials("pbx"))),
    "report": lambda client: client.report_attempt("never", "ringing", front_end="pbx"),
    "end": lambda client: client.end_attempt("never", "busy", front_end="pbx"),
    "closing": lambda client: client.closing("a1"),
    "closing another": lambda client: client.closing("a2"),
    "skip": lambda client: client.skip_preview("never"),
    "list": lambda client: list(client.list_campaigns()),
    "see": lambda client: client.get_campaign("spring"),
    "steer": lambda client: client.set_campaign_state("spring", "running"),
    "see nothing": lambda client: client.get_campaign("autumn"),
}
MAY: dict[str, set[str]] = {
    "front_end": {"watch", "report", "end", "closing", "closing another", "skip"},
    "supervisor": {"skip", "see", "steer"},
    "other": {"skip"},
    "read_only": {"list", "see", "see nothing"},
    "administrator": set(WAYS),
    "agent": {"closing", "skip"},
}


def test_permissions(tmp_path: Path) -> None:
    settings = write_site(tmp_path, guard=guard(), more='dialing.drain = "0s"')
    answers: dict[str, list[tuple[str, str]]] = {}
    with Running(load_settings(settings)) as running:
        address = running.addresses["grpc"]
        with connected(address, TOKENS["administrator"]) as client:
            client.apply(LogIn("a1"))
            client.set_campaign_state("spring", "running")
        for name, token in TOKENS.items():
            with connected(address, token) as client:
                for way, go in WAYS.items():
                    answer = "OK"
                    try:
                        go(client)
                    except Fault as fault:
                        answer = fault.code.name
                    answers.setdefault(answer, []).append((name, way))
    assert answers.keys() == {"OK", "NOT_FOUND", "PERMISSION_DENIED"}
    found: dict[str, set[str]] = {}
    for name, way in answers["OK"] + answers["NOT_FOUND"]:
        found.setdefault(name, set()).add(way)
    assert found == MAY
    assert {way for _, way in answers["NOT_FOUND"]} == {"see nothing"}


# ---------------------------------------------------------------------------------------------- settings, life


def test_a_changed_file_is_taken_over(site: Path) -> None:
    with Running(load_settings(site)) as running, connected(running.addresses["grpc"]) as client:
        autumn = """
[[campaigns]]
id = "autumn"
queue = "sales"
mode = "progressive"
profiles = ["ours"]
"""
        write_campaigns(site.parent, autumn)
        assert running.reload() == []
        assert [one.campaign for one in client.list_campaigns(page_size=1)] == ["autumn", "spring"]
        assert client.set_campaign_state("autumn", "running") == "paused"
        write_campaigns(site.parent, autumn.replace('"sales"', '"nowhere"'))
        (problem,) = running.reload()
        assert "campaigns.toml: campaigns[1].queue" in problem
        assert client.get_campaign("autumn").brief.queue == "sales"
        with pytest.raises(Fault) as caught:
            client.get_campaign("winter")
        assert caught.value.reason == "UNKNOWN_CAMPAIGN"


def test_the_end_waits_for_what_is_in_flight(site: Path) -> None:
    with Running(load_settings(site)) as running, connected(running.addresses["grpc"]) as client:
        client.apply(LogIn("a1"))
        client.set_campaign_state("spring", "running")
        with connected(running.addresses["grpc"]) as other, Pbx(other, Random(2)) as pbx:
            until(lambda: len(pbx.dials) > 5)
            host = running.domains[DOMAIN].host
            running.desks.rest()
            assert host.read(lambda engine: len(engine.attempts)) == 0
            count = len(pbx.dials)
            time.sleep(0.1)
            assert len(pbx.dials) == count
    with Running(load_settings(site)) as running, connected(running.addresses["grpc"]) as client:
        picture = client.get_campaign("spring")
        assert (picture.attempts, picture.brief.state, "" in picture.outcomes) == (count, "running", False)
        client.set_campaign_state("spring", "stopped")


def with_words(settings: Path, old: str, new: str) -> ServerSettings:
    """The settings with something else in place of a line."""
    text = settings.read_text(encoding="utf-8")
    assert old in text
    settings.write_text(text.replace(old, new), encoding="utf-8")
    return load_settings(settings)


def test_settings_that_make_no_sense(tmp_path: Path) -> None:
    settings, line = write_site(tmp_path, records=0), 'statistics.database = "history.db"'
    with pytest.raises(ConfigError, match=r"dialing\.database: is missing, and campaigns are named"):
        Running(with_words(settings, line, ""))
    other = settings.read_text(encoding="utf-8") + 'dialing.database = "nothing/lists.db"'
    settings.write_text(other, encoding="utf-8")
    with pytest.raises(UnavailableError, match="there is no folder"):
        Running(load_settings(settings))


def test_a_database_that_is_away_keeps_nobody_from_routing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The server starts without it, and dials when it is back."""
    settings = with_words(write_site(tmp_path), 'statistics.database = "history.db"', "")
    away = replace(settings, dialing=DialingSettings(database="postgresql://nobody@127.0.0.1:1/lists"))
    monkeypatch.setattr(opening, "AGAIN_S", 0.05)
    monkeypatch.setattr(desk, "FileDesk", refused := partial(_refuse, tmp_path, [0]))
    with Running(away) as running, connected(running.addresses["grpc"]) as client:
        client.apply(LogIn("a1"))
        until(lambda: running.domains[DOMAIN].desk)
        assert [one.campaign for one in client.list_campaigns()] == ["spring"]
        assert refused.args[1] == [3]
    assert "does not dial, since its database is away" in caplog.text


def _refuse(folder: Path, tries: list[int], domain: str, host: Any, file: str, database: str) -> Any:
    """Twice no connection, then one to the file that is there."""
    assert database.startswith("postgresql")
    tries[0] += 1
    if tries[0] < 3:
        raise UnavailableError("connection refused")
    return FileDesk(domain, host, file, str(folder / "history.db"))


def test_a_campaign_that_does_not_fit_the_centre_is_said(tmp_path: Path) -> None:
    settings = write_site(tmp_path, records=0)
    file = write_campaigns(tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace('"sales"', '"nowhere"'), encoding="utf-8")
    with pytest.raises(ConfigError, match="nowhere"):
        Running(load_settings(settings))


def test_a_domain_that_does_not_dial_says_so(tmp_path: Path) -> None:
    settings = write_site(tmp_path, records=0)
    plain = with_words(settings, 'domains.bank.campaigns = "campaigns.toml"', "")
    with Running(plain) as running, connected(running.addresses["grpc"]) as client:
        for ask in (
            lambda: list(client.list_campaigns()),
            lambda: client.closing("a1"),
            lambda: next(iter(client.watch_dials("pbx"))),
        ):
            with pytest.raises(Fault) as caught:
                ask()
            assert caught.value.reason == "NO_CAMPAIGNS"


# -------------------------------------------------------------------------------------------------------- lines


def attempt(
    name: str, *, front_end: str = "", carrier: str = "one", at_ns: int = 20, state: Any = "dialing"
) -> Any:
    return AttemptView(name, "spring", "1/0", carrier, state, at_ns, 75, front_end, "", {}, "", "", 25)


def test_who_is_told() -> None:
    lines = Lines(10)
    pbx, other = lines.enter("pbx", ["one"]), lines.enter("other", [])
    assert not lines.tell(pbx, attempt("a", carrier="two")).now
    assert not lines.tell(pbx, attempt("a", state="ringing")).now
    assert not lines.tell(other, attempt("a", front_end="pbx")).now
    assert lines.tell(pbx, attempt("a", front_end="pbx", at_ns=5)).now, "its front-end is known for ever"
    assert not lines.tell(pbx, attempt("b", at_ns=5)).now, "nobody knows who was told before the server began"
    lines.know(pbx, ["c"])
    assert not lines.tell(other, attempt("c")).now
    assert lines.is_others("c", "", "other")
    assert not lines.is_others("d", "", "other")
    assert lines.told() == {"a", "c"}
    lines.forget("c")
    assert lines.tell(other, attempt("c")).now
    assert not lines.tell(pbx, attempt("c")).now


def test_a_later_stream_takes_the_place_of_an_earlier_one() -> None:
    lines = Lines()
    one, two = lines.enter("pbx", ["one"]), lines.enter("pbx", ["two"])
    assert lines.is_heard("pbx", ["one", "two"])
    assert not lines.is_heard("pbx", ["three"])
    assert not lines.is_heard("", [])
    again = lines.enter("pbx", ["one", "three"])
    assert (one.replaced, two.replaced, len(lines)) == (True, False, 2)
    assert not lines.tell(one, attempt("a")).now
    assert lines.tell(again, attempt("a")).now
    lines.leave(one)
    lines.leave(two)
    assert not lines.is_heard("", ["two"])
    lines.enter("other", [])
    assert lines.is_heard("", [])
    assert not again.replaced


# --------------------------------------------------------------------------------------------------------- page


@pytest.mark.tree
def test_the_front_end_of_the_page_dials(site: Path) -> None:
    page = Path(__file__).resolve().parent.parent / "docs" / "dialing-gateway.md"
    (code,) = re.findall(r"(?ms)^```python\n(.*?)^```", page.read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    exec(compile(code, str(page), "exec"), names)
    said: list[str] = []

    class Enough(Exception):  # noqa: N818 (it ends a test)
        """It has dialled."""

    with dialling(site) as (_, client):

        def say(line: str) -> None:
            said.append(line)
            for agent in client.list_agents():
                for part in agent.segments:
                    client.apply(EndWrapUp(agent.id, part.contact))
            if len(said) == 12:
                raise Enough

        with pytest.raises(Enough):
            names["serve"](client, "pbx", say)
        client.set_campaign_state("spring", "draining")
        persons = sum(": person" in line for line in said)
        # The list has an outcome when the conversation is over, a moment after the front-end has reported it.
        until(lambda: client.get_campaign("spring").outcomes.get("person") == persons)
        picture = client.get_campaign("spring")
    assert picture.brief.answered == picture.outcomes["person"] == persons > 0
