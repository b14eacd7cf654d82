"""A server with everything around the contact in a folder of a test, and calls that go through it.

Owns this site; must not test anything.
"""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from grpc_api.client import Client, Patience, Target
from grpc_api.facade import RouteCall
from grpc_api.guard.tokens import hash_token, new_token
from grpc_api.running import Running
from grpc_api.settings import load_settings
from routing import AcceptOffer, LogIn
from routing.commands import CompleteContact
from routing.customers.masters import add_key
from routing.events import ContactRemarked, OfferAccepted
from routing.remarks import Recording
from routing.units import MILLISECOND, SECOND

PATIENT = Patience(60 * SECOND, 20 * MILLISECOND, 100 * MILLISECOND, attempts=1_000)
TOKENS = {name: new_token() for name in ("ann", "ben", "kim", "lee", "front_end", "wall")}
EXTRA: dict[str, dict[str, Any]] = {
    "ann": {"roles": ["agent"], "agent": "ann"},
    "ben": {"roles": ["agent"], "agent": "ben"},
    "kim": {"roles": ["supervisor"], "queues": ["*"]},
    "lee": {"roles": ["supervisor"], "queues": ["help"], "groups": ["day"]},
    "wall": {"roles": ["read_only"], "queues": ["*"]},
}
BANK = """
agents = [{id = "ann"}, {id = "ben"}]
queues = [{id = "help", members = ["ann", "ben"], ring_timeout = "0s", wrap_up = "0s"}, {id = "lines"}]
"""
CENTER = """
[supervision]
legs = "lines"
[[supervision.people]]
name = "kim"
roles = ["supervisor"]
queues = ["help"]
[[supervision.people]]
name = "wall"
roles = ["read_only"]

[[recording.rules]]
id = "all"
retention_days = 30
consent = "none"

[[signals.rules]]
id = "angry"
when = "mood == 9"
priority = 5
alert = {code = "angry", level = "critical"}

[[outcomes.codes]]
code = "sold"
label = {en = "Sold"}
resolved = "resolved"
queues = ["help"]

[continuity]
by = ["customer"]

[callbacks]
per_slot = 1
"""
DOOR = """
id = "door"
start = "back"
attributes = {caller = ""}
[nodes.back]
kind = "call_back"
queue = "help"
number = "{caller}"
say = "Press 1 to be called back."
decline = {key = "2", next = "bye"}
no_input = "bye"
no_match = "bye"
[nodes.bye]
kind = "hang_up"
"""


def write_site(folder: Path, *, center: str = CENTER, guard: bool = False, more: str = "") -> Path:
    """A server with everything, in a folder."""
    (folder / "bank.toml").write_text(BANK, encoding="utf-8")
    (folder / "center.toml").write_text(center, encoding="utf-8")
    (folder / "door.toml").write_text(DOOR, encoding="utf-8")
    if not (folder / "keys").exists():
        add_key(folder / "keys")
    entries = []
    for name, token in TOKENS.items():
        raw = {
            "name": name,
            "hash": hash_token(token),
            "roles": [name],
            "domains": ["bank"],
            **EXTRA.get(name, {}),
        }
        entries.append("{" + ", ".join(f"{key} = {json.dumps(value)}" for key, value in raw.items()) + "}")
    lines = [
        'listen = "127.0.0.1:0"',
        'http.listen = ""',
        'metrics.listen = ""',
        'statistics.database = "history.db"',
        'center.every = "20ms"',
        'domains.bank.config = "bank.toml"',
        'domains.bank.center = "center.toml"',
        'domains.bank.menus = "door.toml"',
        'domains.bank.numbers = [{prefix = "0", queues = ["help"]}]',
        'domains.bank.customers = {keys = "keys", region = "GB", attributes = ["town"], within = "9s", context = "9s"}',
        "guard.insecure = true",
    ]
    if guard:
        lines.append(f"guard.tokens = [{', '.join(entries)}]")
    settings = folder / "server.toml"
    settings.write_text("\n".join([*lines, more]), encoding="utf-8")
    return settings


@contextlib.contextmanager
def serving(settings: Path, token: str = "") -> Iterator[tuple[Running, Client]]:
    """The server of a site, running, and a client of it."""
    with Running(load_settings(settings)) as running, connected(running.addresses["grpc"], token) as client:
        yield running, client


def connected(address: str, token: str = "") -> Client:
    """A client of the site's centre, with patience."""
    return Client(Target(address, token), "bank", PATIENT)


def until(holds: Callable[[], object]) -> Any:
    """Look until it is so; give what was found."""
    deadline = time.monotonic() + 60
    while not (found := holds()):
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.02)
    return found


def answered(client: Client, call: str, agent: str = "ann") -> None:
    """A call that an agent has in hand."""
    client.apply(LogIn(agent))
    client.route_call(RouteCall(call, "pbx", caller="020 7946 0018", called="0800"))
    (answer,) = client.apply(AcceptOffer(call, agent)).events
    assert isinstance(answer, OfferAccepted), f"{agent} does not get {call}: {answer}"


def recorded(client: Client, call: str) -> None:
    """A call that is answered, recorded and over. The wing asks for the recording a moment after the answer."""
    answered(client, call)
    with client.watch(0, contacts=[call], types=[ContactRemarked]) as watch:
        event = next(iter(watch)).event
        assert isinstance(event, ContactRemarked)
        assert isinstance(event.remark, Recording)
    client.apply(CompleteContact(call))
