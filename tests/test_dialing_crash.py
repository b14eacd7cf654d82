"""A server that dials is killed in the middle of a campaign, and comes back: nobody is dialled twice, nothing is lost.

Owns the killing and the recount; must not know how anything survives.
"""

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from dialling_site import DOMAIN, Pbx, connected, write_site
from sip.processes import free_port

from grpc_api.dialing.shapes import Dial
from routing import LogIn
from routing.campaigns import Book

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent


class Served:
    """``huntgroup serve`` in a process of its own."""

    def __init__(self, settings: Path) -> None:
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "routing", "serve", "--server", str(settings)],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        self.address = next(word.removeprefix("grpc=") for word in words if word.startswith("grpc="))

    def end(self, *, kill: bool) -> None:
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process.wait(60)


@pytest.mark.parametrize("kills", [1, pytest.param(4, marks=pytest.mark.slow)])
def test_killed_in_the_middle_of_a_campaign(tmp_path: Path, kills: int) -> None:
    settings = write_site(tmp_path, agents=4, records=400, more='dialing.drain = "2s"\nmetrics.listen = ""\n')
    text = settings.read_text(encoding="utf-8").replace('metrics.listen = "127.0.0.1:0"\n', "")
    # All listen at the same place, which nobody is given while none of them does.
    place = f"127.0.0.1:{free_port(kind=socket.SOCK_STREAM)}"
    settings.write_text(text.replace("127.0.0.1:0", place, 1), encoding="utf-8")
    served = Served(settings)
    twice: list[Dial] = []
    with connected(served.address) as client, connected(served.address) as mine:
        for number in range(1, 5):
            client.apply(LogIn(f"a{number}"))
        client.set_campaign_state("spring", "running")

        def dialled(dial: Dial) -> None:
            going = [one for one in list(pbx.attempts.values()) if one.attempt not in pbx.hung_up]
            if dial.again or dial.number in {one.number for one in going if one.attempt != dial.attempt}:
                twice.append(dial)

        with Pbx(mine, Random(3), dialled=dialled) as pbx:
            for _ in range(kills):
                count = len(pbx.dials) + 12
                wait(lambda count=count: len(pbx.dials) > count and pbx.attempts)
                served.end(kill=True)
                served = Served(settings)
                pbx.sync()
            count = len(pbx.dials) + 12
            wait(lambda: len(pbx.dials) > count)
            client.set_campaign_state("spring", "draining")
            wait(lambda: client.get_campaign("spring").brief.state == "stopped")
            wait(lambda: not pbx.attempts)  # the answer to what it reported last may be under way
        picture = client.get_campaign("spring")
    served.end(kill=False)
    assert not twice
    assert max(Counter(dial.attempt for dial in pbx.dials).values()) == 1
    with Book(tmp_path / "history.db", DOMAIN, create=False) as book:
        rows = {row["attempt"]: row for row in book.attempts("spring", 0, 2**62, personal=True)}
        assert not book.open_attempts("spring")
    assert {dial.attempt for dial in pbx.dials} <= rows.keys()
    assert [dial for dial in pbx.dials if str(rows[dial.attempt]["number"]) not in dial.number] == []
    # What was written down and never reached a front-end counts as lost, and is no call.
    unheard = rows.keys() - {dial.attempt for dial in pbx.dials}
    assert {rows[name]["outcome"] for name in unheard} <= {"lost"}
    assert picture.attempts == len(rows)
    for file in (tmp_path / "data").iterdir():
        assert b"2125550" not in file.read_bytes(), "a number in the journal"


def wait(holds: object) -> None:
    """Wait for something that comes soon."""
    assert callable(holds)
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.01)
