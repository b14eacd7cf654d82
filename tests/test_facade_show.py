"""``huntgroup show`` on a real server, and how commands of other packages are found.

Owns tests of ``grpc_api.cli.showing`` and of ``routing.cli.discovering``; must not test the server.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from calling import CENTRE

from grpc_api.domains import Domains, Hosted
from grpc_api.facade import Facade, ReportCall, RouteCall
from grpc_api.server import Server
from routing import LogIn, cli
from routing.host import Host

POINTS = """[huntgroup.commands]
show = grpc_api.cli.showing:add_show
lacking = nowhere_lacking.module:add
demo = nowhere_lacking.module:add
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution whose metadata names commands."""
    info = tmp_path / "beside-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: beside\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(POINTS)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with Host(CENTRE) as host, Facade(host) as facade:
        host.apply(LogIn("ann"))
        host.apply(LogIn("ben", ready=False, reason="lunch"))
        facade.route_call(RouteCall("call-1", "pbx", called="sales"))
        facade.report_call(ReportCall("call-1", "answered"))
        facade.route_call(RouteCall("call-2", "pbx", called="sales"))
        with Server(Domains(Hosted("bank", host, facade))) as made:
            yield f"127.0.0.1:{made.port}"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = cli.main(arguments)
    except SystemExit as error:
        code = int(str(error.code))
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.usefixtures("installed")
def test_tables(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "queues", "--server", server, "--domain", "bank")
    assert code == 0
    assert "4 queues" in out
    assert "support" in out
    code, out, _ = run(capsys, "show", "agents", "--server", server, "--domain", "bank")
    assert "call-1 (handling)" in out
    assert "not ready (lunch)" in out
    assert "logged out" in out
    code, out, _ = run(capsys, "show", "contacts", "--server", server, "--domain", "bank", "--queue", "sales")
    assert "call-2" in out
    code, out, _ = run(
        capsys, "show", "agents", "--server", server, "--domain", "bank", "--logged-in", "--json"
    )
    assert [one["id"] for one in json.loads(out)] == ["ann", "ben"]


@pytest.mark.usefixtures("installed")
def test_watching_goes_on(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--server", server, "--domain", "bank", "--watch", "--times", "3", "--interval", "200ms")
    code, out, _ = run(capsys, "show", "queues", "--json", *options)
    assert code == 0
    assert len(out.splitlines()) == 3
    code, out, _ = run(capsys, "show", "queues", *options)
    assert code == 0
    assert "4 queues" in out


@pytest.mark.usefixtures("installed")
def test_what_is_wrong_is_said_in_a_line(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "show", "queues", "--server", server, "--domain", "nobody")
    assert code == 1
    assert "nobody" in err
    assert len(err.splitlines()) == 1
    code, _, err = run(capsys, "show", "queues", "--server", server, "--interval", "5")
    assert code == 2
    code, _, err = run(capsys, "show", "queues", "--token-file", "/nonexistent/token")
    assert code == 1
    assert "/nonexistent/token" in err


@pytest.mark.usefixtures("installed")
def test_commands_are_found_and_those_that_cannot_run_say_why(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert code == 0
    assert "queues, agents, contacts, statistics or campaigns of a running server" in " ".join(out.split())
    assert "pip install 'huntgroup[server]'" in " ".join(out.split())
    code, _, err = run(capsys, "lacking")
    assert code == 2
    assert "install huntgroup[server]" in err
    assert "nowhere_lacking" in err
    code, _, err = run(capsys, "shwo")
    assert code == 2
    assert "'show'" in err
    code, out, _ = run(capsys, "demo", "--help")  # a name of ours is ours
    assert code == 0


def test_nothing_of_the_server_is_loaded_unless_asked_for(installed: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "from routing import cli\n"
        "try: cli.main(['check', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted(name for name in sys.modules if name.startswith(('grpc', 'litestar', 'uvicorn'))))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
