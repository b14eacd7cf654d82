"""The page that is generated from the structs of a configuration, and the examples on all pages."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from grpc_api.settings import ServerSettings, read_settings
from routing.campaigns.rules import to_rules
from routing.center.continuity import Continuity, check_continuity
from routing.center.recording import loads_recording
from routing.center.signals import Signals, check_signals
from routing.center.supervision import loads_supervision
from routing.compliance import profiles_of
from routing.config import from_dict, loads
from routing.config.shape import to_raw, to_struct
from routing.menus import loads_flow
from routing.model import Channel, Queue
from routing.planning.shift_files import read_shifts
from routing.simulation.model_file import loads_model

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = [
    (page.name, place, block)
    for page in sorted((ROOT / "docs").glob("*.md"))
    if page.name != "security.md"
    for place, block in enumerate(
        re.findall(r"(?ms)^```toml\n(.*?)^```", page.read_text(encoding="utf-8")), start=1
    )
]


def _read_profiles(block: str, fmt: str) -> object:
    assert fmt == "toml"
    return profiles_of(tomllib.loads(block)["profiles"])


def _read_rules(block: str, fmt: str) -> object:
    assert fmt == "toml"
    return to_rules(tomllib.loads(block))


def _read_wing(block: str, fmt: str) -> object:
    """Sections of the file of a centre's wings."""
    assert fmt == "toml"
    raw = tomllib.loads(block)
    if "continuity" in raw:
        check_continuity(to_struct(raw.pop("continuity"), Continuity))
    if "signals" in raw:
        check_signals(to_struct(raw.pop("signals"), Signals))
    assert not raw
    return True


def _read_menus(block: str, fmt: str) -> object:
    """A flow, or what a server is told of them."""
    return read_settings(block, fmt) if block.startswith("domains.") else loads_flow(block, fmt)


#: Pages whose examples are something else: settings of the server (that of security.md names files: `test_guard`), or
#: what has a reader of its own.
SETTINGS = ("center-service.md", "devices.md", "gateways.md", "operating.md")
OTHERS: dict[str, Callable[[str, str], object]] = {
    "campaigns.md": _read_rules,
    "compliance.md": _read_profiles,
    "continuity.md": _read_wing,
    "menus.md": _read_menus,
    "models.md": loads_model,
    "recording.md": loads_recording,
    "scheduling.md": read_shifts,
    "supervision.md": loads_supervision,
    "signals.md": _read_wing,
}

pytestmark = pytest.mark.tree


def test_it_is_up_to_date() -> None:
    result = subprocess.run(
        [sys.executable, ROOT / "docs" / "generate.py", "--check"],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("page", "place", "block"), EXAMPLES, ids=[f"{page}-{place}" for page, place, _ in EXAMPLES]
)
def test_examples_load(page: str, place: int, block: str) -> None:
    if page in SETTINGS:
        assert read_settings(block) != ServerSettings()
        return
    if page in OTHERS:
        assert OTHERS[page](block, "toml")
        return
    config = loads(block, "toml")
    assert config.queues, f"{page}, example {place}: shows no queue"
    assert from_dict(to_raw(config)) == config


def test_every_rule_has_an_example() -> None:
    """Whatever a queue or channel can say about routing, and one word of each kind, stands in an example."""
    shown = "".join(block for page, _, block in EXAMPLES if page == "routing-rules.md")
    rules = {field.encode_name for field in msgspec.structs.fields(Queue)}
    rules -= {"priority_credits", "exclusion", "retry_delay", "wrap_up", "max_handling", "hours"}
    rules -= {"max_length", "closed", "on_close"}
    rules |= {field.encode_name for field in msgspec.structs.fields(Channel)} | {"cost", "when", "after"}
    rules |= {"waiting", "oldest", "service_level", "estimate", "logged_in", "ring_n", "deadline", "weighted"}
    assert [rule for rule in sorted(rules) if not re.search(rf"\b{rule}\b", shown)] == []
