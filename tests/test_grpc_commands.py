"""``huntgroup serve`` and ``huntgroup client``, as processes and in them.

Owns what the two commands do; must not test RPCs.
"""

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from calling import LookClock
from wired import DOMAIN, PATIENT, address, hosted

from grpc_api.cli.calling import add_client
from grpc_api.cli.reaching import TOKEN, add_reaching, target_of
from grpc_api.cli.serving import add_serve, settings_of
from grpc_api.client import Client
from grpc_api.facade import RouteCall
from grpc_api.guard import GuardSettings
from grpc_api.running import Running, with_centre
from grpc_api.settings import DomainSettings, Http, Metrics, ServerSettings
from routing.commands import LogIn
from routing.config import loads
from routing.errors import ConfigError, HuntgroupError, UsageError

pytestmark = pytest.mark.once

SERVE = (
    "import argparse, sys; from grpc_api.cli.serving import add_serve; "
    "p = argparse.ArgumentParser(); add_serve(p); o = p.parse_args(); sys.exit(o.run(o))"
)
CENTRE = 'name = "bank"\nagents = [{id = "ann"}]\nqueues = [{id = "sales"}]\n'


@contextmanager
def served(tmp_path: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    centre = tmp_path / "centre.toml"
    if not centre.exists():
        centre.write_text(CENTRE)
    root = Path(__file__).resolve().parent.parent
    child = subprocess.Popen(
        [
            *(sys.executable, "-c", SERVE, str(centre), "--data", str(tmp_path / "data"), "--insecure"),
            *("--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--metrics", "127.0.0.1:0", *options),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert child.stdout is not None
    try:
        line = child.stdout.readline()
        assert line.startswith("huntgroup serves bank: "), line + (child.communicate()[1] if not line else "")
        yield child, dict(re.findall(r"(\w+)=(\S+)", line))
    finally:
        child.kill()
        child.communicate()


def client(target: str, *arguments: str, capsys: pytest.CaptureFixture[str]) -> list[Any]:
    parser = argparse.ArgumentParser()
    add_client(parser)
    options = parser.parse_args(["--server", target, "--domain", DOMAIN, "--timeout", "60s", *arguments])
    assert options.run(options) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_server_serves_reloads_and_ends(tmp_path: Path) -> None:
    with served(tmp_path) as (child, at):
        with Client(at["grpc"], "bank", PATIENT) as ours:
            ours.apply(LogIn("ann"))
            with urllib.request.urlopen(f"http://{at['metrics']}/metrics", timeout=60) as answer:
                assert b"huntgroup_calls_total" in answer.read()
            (tmp_path / "centre.toml").write_text(
                CENTRE.replace('{id = "ann"}', '{id = "ann"}, {id = "ben"}')
            )
            with ours.watch(0, types=["AgentChanged"]) as watch:
                child.send_signal(signal.SIGHUP)
                assert next(iter(watch)).event.agent == "ben"  # type: ignore[union-attr]
            (tmp_path / "centre.toml").write_text("agents = 5")
            child.send_signal(signal.SIGHUP)  # it goes on as it was
            assert [one.id for one in ours.list_agents()] == ["ann", "ben"]
        child.send_signal(signal.SIGTERM)
        out, _ = child.communicate(timeout=60)
        assert (child.returncode, out) == (0, "huntgroup ends: SIGTERM\n")
    (tmp_path / "centre.toml").write_text(CENTRE)
    with served(tmp_path) as (_, at), Client(at["grpc"], "bank", PATIENT) as ours:
        assert ours.get_agent("ann").logged_in


def test_options_go_before_settings(tmp_path: Path) -> None:
    (tmp_path / "centre.toml").write_text(CENTRE)
    (tmp_path / "server.toml").write_text(
        'listen = "127.0.0.1:1"\n[guard]\ninsecure = true\n[domains.bank]\n'
    )
    parser = argparse.ArgumentParser()
    add_serve(parser)
    options = parser.parse_args(
        [str(tmp_path / "centre.toml"), "--server", str(tmp_path / "server.toml"), "--listen", "127.0.0.1:2"]
    )
    settings = settings_of(options)
    assert settings.listen == "127.0.0.1:2"
    assert settings.domains["bank"].config.endswith("centre.toml")
    with pytest.raises(UsageError, match="nothing is to be served"):
        settings_of(parser.parse_args([]))


def test_followers_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with served(tmp_path) as (child, at):
        place = f"http://{at['http']}/v1/bank/events?front_end=pbx&start_revision=0"
        with urllib.request.urlopen(place, timeout=60) as stream:
            assert stream.readline().startswith(b"id:")
            child.send_signal(signal.SIGTERM)
            rest = stream.read()
        _, err = child.communicate(timeout=60)
    assert b"event: problem" in rest
    assert b"shut down" in rest
    assert (child.returncode, err) == (0, "")


def test_a_reload_takes_new_numbers(tmp_path: Path) -> None:
    settings = tmp_path / "server.toml"
    settings.write_text("[domains.bank]\n")
    with (
        served(tmp_path, "--server", str(settings)) as (child, at),
        Client(at["grpc"], "bank", PATIENT) as ours,
    ):
        settings.write_text('[domains.bank]\nnumbers = [{number = "4711", queues = ["sales"]}]\n')
        child.send_signal(signal.SIGHUP)
        for number in range(600):
            ours.route_call(RouteCall(f"call-{number}", called="4711"))
            if list(ours.list_contacts()):
                break
            time.sleep(0.1)
        assert [one.visits[0].queue for one in ours.list_contacts()] == ["sales"]


def test_what_a_reload_does_not_take_is_said(tmp_path: Path) -> None:
    settings = tmp_path / "server.toml"
    settings.write_text("[domains.bank]\n")
    with served(tmp_path, "--server", str(settings)) as (child, _):
        settings.write_text(
            '[guard.wire]\nkeep_alive = "50s"\n[domains.shop]\n'
            '[domains.bank]\nnumbers = [{number = "1", queues = ["sales"]}]\n'
        )
        child.send_signal(signal.SIGHUP)
        assert child.stderr is not None
        line = json.loads(child.stderr.readline())
        assert line["message"].endswith("by the next start only: guard.wire, domains.shop")
        settings.write_text("lissen = 1")
        child.send_signal(signal.SIGHUP)
        line = json.loads(child.stderr.readline())
        assert line["message"].startswith("not reloaded: server.toml: lissen: unknown field")


@pytest.mark.parametrize(
    ("file", "name", "domain"),
    [("centre.toml", "bank", "bank"), ("bank.toml", "The Bank", "bank"), ("bank.toml", "", "bank")],
)
def test_a_centre_alone_is_a_domain(tmp_path: Path, file: str, name: str, domain: str) -> None:
    (tmp_path / file).write_text(CENTRE.replace("bank", name))
    assert list(with_centre(ServerSettings(), tmp_path / file).domains) == [domain]


def test_a_file_whose_name_is_no_domain_is_refused(tmp_path: Path) -> None:
    (tmp_path / "our bank.toml").write_text(CENTRE.replace("bank", ""))
    with pytest.raises(ConfigError, match="'our bank' is no name of a domain"):
        with_centre(ServerSettings(), tmp_path / "our bank.toml")


def test_a_domain_without_a_centre_is_named(tmp_path: Path) -> None:
    settings = ServerSettings(
        data=str(tmp_path), domains={"bnak": DomainSettings()}, guard=GuardSettings(insecure=True)
    )
    with pytest.raises(ConfigError, match=r"domains\.bnak\.config: is missing, and there is no journal"):
        Running(settings)


@pytest.mark.parametrize("section", ["", "http", "metrics"])
def test_an_address_that_is_taken_is_named(tmp_path: Path, section: str) -> None:
    (tmp_path / "bank.toml").write_text(CENTRE)
    listen = dict.fromkeys(("", "http", "metrics"), "127.0.0.1:0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen[section] = f"127.0.0.1:{taken.getsockname()[1]}"
        settings = ServerSettings(
            listen=listen[""],
            data=str(tmp_path / "data"),
            http=Http(listen=listen["http"]),
            metrics=Metrics(listen=listen["metrics"]),
            guard=GuardSettings(insecure=True),
        )
        path = f"{section}.listen".lstrip(".")
        with pytest.raises(ConfigError) as caught, Running(with_centre(settings, tmp_path / "bank.toml")):
            pass
    assert str(caught.value).endswith(
        f"{listen[section]}' cannot be listened on: Address already in use; give another one"
    )
    assert caught.value.path == path


def test_a_token_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = argparse.ArgumentParser()
    add_reaching(parser)
    monkeypatch.setenv(TOKEN, "hgt_environment")
    (tmp_path / "token").write_text("hgt_file\n")
    assert target_of("h:1", parser.parse_args([])).token == "hgt_environment"
    assert target_of("h:1", parser.parse_args(["--token-file", str(tmp_path / "token")])).token == "hgt_file"


def test_every_rpc_from_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hosted(clock=LookClock()) as (_, server):
        at = address(server)

        def ask(*arguments: str) -> list[Any]:
            return client(at, *arguments, capsys=capsys)

        (done,) = ask("apply", '{"type": "LogIn", "agent": "ann"}', "--request-id", "r")
        assert done["events"][0]["type"] == "AgentLoggedIn"
        done, refused = ask(
            "apply",
            *("--batch", "1"),
            '{"type": "EnqueueContact", "contact": "c", "queues": ["sales"]}',
            '{"type": "LogIn", "agent": "eve"}',
        )
        assert refused["events"][0]["reason"] == "unknown_agent"
        assert [one["revision"] for one in ask("watch", "--after", "0", "--count", "2")] == [1, 2]
        assert ask("get", "agent", "ann")[0]["logged_in"] is True
        assert ask("get", "contact", "c")[0]["state"] == "offered"
        assert ask("get", "queue", "sales")[0]["waiting"] == 1
        assert [one["id"] for one in ask("list", "agents", "--logged-in")] == ["ann"]
        assert [one["id"] for one in ask("list", "contacts", "--state", "offered")] == ["c"]
        assert [one["id"] for one in ask("list", "queues")] == ["help", "sales"]
        assert ask("explain", "c", "--agent", "ben")[0]["verdicts"][0]["agent"] == "ben"
        assert ask("statistics")[0]["contacts"]["offered"] == 1
        assert ask("status")[0]["state"] == "serving"
        (found,) = ask("config", "get")
        path = tmp_path / "centre.json"
        path.write_text(json.dumps(found["config"]))
        assert loads(path.read_text(), "json").name == DOMAIN
        ask("config", "check", str(path))
        assert ask("config", "put", str(path), "--expected", found["version"])[0]["events"] == []
        (answer,) = ask("route", "d", "--called", "help", "--front-end", "pbx", "--attribute", "k=v")
        assert answer["instructions"][0]["type"] == "wait"
        assert ask("follow", "--front-end", "pbx", "--after", "0", "--count", "1")[0]["call_id"] == "d"
        assert ask("report", "d", "abandoned")[0]["instructions"][0]["type"] == "release"
        assert ask("sync", "pbx", "x=ann")[0]["unknown"] == ["x"]
        assert ask("code", "sip:ann@127.0.0.1", "*49")[0]["announcement"] == "ready"
        for arguments, message in (
            (("get", "agent", "x"), "NOT_FOUND UNKNOWN_AGENT"),
            (("apply", "{"), "is no command"),
            (("apply", '{"type": "Logn"}'), "there is no type 'Logn'; did you mean 'LogIn'"),
            (("apply", '{"type": "SetNotReady", "agent": "ann", "reson": "lunch"}'), "did you mean 'reason'"),
            (("config", "put"), "needs a file"),
            (("route", "e", "--attribute", "k"), "NAME=VALUE"),
        ):
            with pytest.raises(HuntgroupError, match=message):
                ask(*arguments)
