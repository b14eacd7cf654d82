"""What wings make of a day as transcripts: what is said to a whole centre, and below it what happens.

A file in ``transcripts/center`` holds scenarios like those of engines, with the wings' own settings in the head::

    == name
    # One line: what this shows.
    queues = [{id = "q"}]            the configuration, in TOML
    -- with
    [[signals.rules]]                the wings, as in a file of `load_center`
    --
    1 EnqueueContact c q             a command, by nobody in particular
        ContactEnqueued ...
      * ContactUpdated ...           what a wing has made of it
    5 supervision kim listen c       a person does something at the desk of supervision,
    6 supervision kim LogOut ann     or gives a command there
        ! forbidden not_yours        who may not
    7 call_backs keep c n1           the desk of call-backs
    9m advance                       time passes, from one thing that falls due to the next

What files begin with, before their first scenario, is the head of all of them.

Each is played twice: on one host from beginning to end, and on one that is killed before every line, and again before
wings make something of it. But not while something rings, for a host that comes back has it ring anew; and with
``resume_grace = "0s"`` where a wrap-up goes on.

``python tests/test_center_transcripts.py --write`` writes all answers anew; read every change.

Owns how centres play scenarios; must not know any rule, nor how things are written (``transcript``).
"""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from desks import Hands, crashed
from transcript import INDENT, Part, read_command, read_parts, read_time, write_event

from routing.center.callbacks.desk import NotPromisedError
from routing.center.file import loads_center
from routing.center.opening import OpenCenter, open_center
from routing.config import loads
from routing.errors import ForbiddenError
from routing.events import Event, Resumed
from routing.host import Settings

pytestmark = pytest.mark.once

FOLDER: Final = Path(__file__).resolve().parent / "transcripts" / "center"
FILES: Final = sorted(FOLDER.glob("*.txt"))
BY_WING: Final = "  * "
WITH: Final = "-- with"
#: Arguments of desks that are no text; those that end in ``_ns`` are instants or durations.
SWITCHES: Final = {"yes": True, "no": False}


def heads(scenario: Part) -> tuple[str, str]:
    """Give the centre and the wings, each as the file and the scenario have it."""
    config: list[str] = []
    center: list[str] = []
    for head in (scenario.common, scenario.head[2:-1]):
        split = head.index(WITH) if WITH in head else len(head)
        config += head[:split]
        center += head[split + 1 :]
    return "\n".join(config), "\n".join(center)


def call(desk: object, does: str, words: list[str]) -> None:
    """Call what a desk does, with words by place and by name."""
    given = [word for word in words if "=" not in word]
    named: dict[str, object] = {}
    for name, text in (word.split("=") for word in words if "=" in word):
        named[name] = read_time(text) if name.endswith("_ns") else SWITCHES.get(text, text)
    getattr(desk, does)(*given, **named)


class Stage:
    """A centre on a clock that scenarios set."""

    def __init__(self, scenario: Part, folder: Path, *, killed: bool) -> None:
        config, center = heads(scenario)
        self.center = loads_center(center, "toml")
        self.folder = folder
        self.journal = folder / "0.journal"
        self.clock = Hands(0)
        self.killed = killed
        self.kills = 0
        self.centre = self._open(loads(config, "toml"))
        self.seen = self.centre.host.revision

    def _open(self, config: Any) -> OpenCenter:
        settings = Settings(threads=False, keep_snapshots=1_000)
        return open_center(config, self.center, self.journal, clock=self.clock, settings=settings)

    def _die(self) -> None:
        """Go on from what lies on the disk, if it is to be killed."""
        views = self.centre.host.read(lambda engine: list(engine.contacts.values()))
        if not self.killed or any(view.state == "offered" for view in views):
            return
        self.kills += 1
        self.journal = crashed(self.journal, self.folder / str(self.kills))
        self.centre.close()
        self.centre = self._open(None)

    def close(self) -> None:
        self.centre.close()

    # --- What happens

    def say(self, line: str) -> Iterator[str]:
        """Do what a line says; give what is to stand below it."""
        time, what = line.split(maxsplit=1)
        at_ns = read_time(time)
        self._die()
        yield from self._wait(at_ns)
        if what == "advance":
            return
        try:
            self._do(what)
        except ForbiddenError as error:
            yield f"{INDENT}! forbidden {error.reason}"
        except NotPromisedError as error:
            yield f"{INDENT}! not promised {error.reason}"
        yield from self._told(INDENT, at_ns)
        self._die()
        self.centre.running.step()
        yield from self._told(BY_WING, at_ns)

    def _wait(self, until_ns: int) -> Iterator[str]:
        while True:
            due_ns = self.centre.host.tick()
            yield from self._told(INDENT, until_ns)
            wanted_ns = self.centre.running.step().next_ns
            yield from self._told(BY_WING, until_ns)
            if self.clock.ns >= until_ns:
                return
            dues = (due for due in (due_ns, wanted_ns) if due is not None)
            self.clock.ns = min([until_ns, *(max(due, self.clock.ns + 1) for due in dues)])

    def _do(self, what: str) -> None:
        desk, _, rest = what.partition(" ")
        if desk == "supervision":
            who, does, *words = shlex.split(rest)
            if does[0].isupper():
                self.centre.supervision.apply(who, read_command(shlex.join([does, *words]))[0])
            else:
                call(self.centre.supervision, does, [who, *words])
        elif desk == "call_backs":
            does, *words = shlex.split(rest)
            call(self.centre.call_backs, does, words)
        else:
            command, request = read_command(what)
            self.centre.host.apply(command, request_id=request)

    def _told(self, by: str, at_ns: int) -> list[str]:
        """Write what is new."""
        events: list[Event] = []
        if self.centre.host.revision > self.seen:
            with self.centre.host.feed.watch(self.seen) as watch:
                events = [event for _, event in watch.take(0).events]
            self.seen = self.centre.host.revision
        return [by + write_event(event, at_ns) for event in events if not isinstance(event, Resumed)]


def play(scenario: Part, *, killed: bool = False) -> list[str]:
    """Give the body again, with what happens."""
    lines: list[str] = []
    with TemporaryDirectory() as folder:
        stage = Stage(scenario, Path(folder), killed=killed)
        try:
            for line in scenario.body:
                if line.startswith("  "):
                    continue
                lines.append(line)
                if line and not line.startswith("#"):
                    lines += stage.say(line)
        finally:
            stage.close()
    return lines


SCENARIOS: Final = [scenario for file in FILES for scenario in read_parts(file)]


@pytest.mark.parametrize("killed", [False, True], ids=["alive", "killed"])
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_centre_does_this(scenario: Part, killed: bool) -> None:
    assert play(scenario, killed=killed) == scenario.body, scenario.comment


def test_each_scenario_has_a_name_and_says_what_it_shows() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names)) >= 25
    assert [scenario.name for scenario in SCENARIOS if not re.match(r"# .+\.$", scenario.comment)] == []


def rewrite(file: Path) -> None:
    found = read_parts(file)
    parts = [found[0].common, *([*scenario.head, *play(scenario), ""] for scenario in found)]
    file.write_text("\n".join(line for part in parts for line in part), encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python tests/test_center_transcripts.py --write")
    for transcript in FILES:
        rewrite(transcript)
