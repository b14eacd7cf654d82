"""The protos say what the structs say, keep to the style, break nobody, and what is generated from them is fresh.

Owns checks of the .proto files; must not test conversion.
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from google.protobuf.descriptor import FieldDescriptor
from msgspec import Struct

from grpc_api import facade as f
from grpc_api.center import shapes as center_shapes
from grpc_api.client.center import Act
from grpc_api.convert import message_name, message_type
from grpc_api.convert.kinds import enum_words, hints, struct_in
from grpc_api.convert.words import snake
from grpc_api.dialing import shapes as dialing
from grpc_api.guard import COMMANDS as PERMITTED
from grpc_api.guard import METHODS
from grpc_api.menus import shapes as menu_shapes
from grpc_api.v1 import (
    center_pb2,
    commands_pb2,
    dialing_pb2,
    engine_pb2,
    events_pb2,
    menus_pb2,
    nouns_pb2,
    routing_pb2,
    statistics_pb2,
    views_pb2,
)
from routing import menus, model, views
from routing.commands import Command, Device, FailCause
from routing.events import Event, Outcome, Reason
from routing.explaining import shapes
from routing.host import State, pictures
from routing.lint import SEVERITIES
from routing.menus.turns import Cause

protoc: Any = pytest.importorskip("grpc_tools.protoc", reason="grpcio-tools is in the extra `protos`")

ROOT = Path(__file__).resolve().parent.parent
PROTOS = sorted((ROOT / "protos" / "grpc_api" / "v1").glob("*.proto"))
FILES: tuple[Any, ...] = (
    center_pb2,
    commands_pb2,
    dialing_pb2,
    engine_pb2,
    events_pb2,
    menus_pb2,
    nouns_pb2,
    routing_pb2,
    statistics_pb2,
    views_pb2,
)
GENERATED_BY = "1.85.1"

ROOTS: tuple[type[Struct], ...] = (
    *get_args(Command),
    *get_args(Event),
    model.Config,
    model.Preference,
    views.AgentView,
    views.ContactView,
    views.QueueView,
    shapes.Explanation,
    pictures.QueueStatistics,
    pictures.AgentStatistics,
    pictures.GroupStatistics,
    pictures.CentreStatistics,
    dialing.CampaignPicture,
    dialing.Dial,
    dialing.DialOver,
    *get_args(menus.Input),
    *get_args(menus.Wait),
    *get_args(menus.Outcome),
    menu_shapes.FlowBrief,
    center_shapes.AuditedRow,
    center_shapes.CallBackSlot,
    center_shapes.DayMessage,
    center_shapes.DispositionCode,
    center_shapes.OpenAlert,
    center_shapes.RecordedSegment,
    center_shapes.ScreenPop,
)


def reached(roots: tuple[type[Struct], ...]) -> list[type[Struct]]:
    """The structs, and those inside them."""
    found: dict[type[Struct], None] = {}
    left = list(roots)
    while left:
        struct = left.pop()
        if struct not in found:
            found[struct] = None
            left += [inner for hint in hints(struct).values() if (inner := struct_in(hint)) is not None]
    return sorted(found, key=lambda struct: struct.__name__)


@pytest.mark.parametrize("struct", reached(ROOTS), ids=message_name)
def test_every_field_of_a_struct_is_one_of_its_message(struct: type[Struct]) -> None:
    fields = message_type(struct).DESCRIPTOR.fields_by_name
    assert set(fields) == set(struct.__struct_fields__)


def test_every_command_and_event_can_be_said() -> None:
    items = {field.name for field in commands_pb2.Item.DESCRIPTOR.oneofs_by_name["command"].fields}
    assert items == {snake(struct.__name__) for struct in get_args(Command)}
    events = {field.name for field in events_pb2.Event.DESCRIPTOR.oneofs_by_name["event"].fields}
    assert events == {snake(struct.__name__) for struct in get_args(Event)}


@pytest.mark.parametrize(
    ("enum", "words"),
    [
        (events_pb2.Reason, Reason),
        (events_pb2.ContactOutcome, Outcome),
        (commands_pb2.Device, get_args(Device)),
        (commands_pb2.FailCause, get_args(FailCause)),
        (nouns_pb2.Strategy, get_args(model.Strategy)),
        (nouns_pb2.Ordering, get_args(model.Ordering)),
        (nouns_pb2.Target, get_args(model.Target)),
        (nouns_pb2.Day, get_args(model.Day)),
        (views_pb2.ReasonCode, get_args(shapes.ReasonCode)),
        (engine_pb2.HostState, get_args(State)),
        (statistics_pb2.AgentActivity, get_args(pictures.State)),
        (engine_pb2.Severity, SEVERITIES),
        (routing_pb2.Report, get_args(f.Report)),
        (routing_pb2.Standing, get_args(f.Standing)),
        (dialing_pb2.CampaignState, get_args(dialing.State)),
        (dialing_pb2.DialingMode, get_args(dialing.Mode)),
        (center_pb2.SupervisorAct, get_args(Act)),
        (menus_pb2.MenuCause, get_args(Cause)),
        (menus_pb2.MenuIgnored, [word for word in get_args(menu_shapes.Ignored) if word]),
        (menus_pb2.MenuDone, [word for word in get_args(menu_shapes.Done) if word]),
    ],
    ids=lambda value: getattr(getattr(value, "DESCRIPTOR", None), "name", ""),
)
def test_every_word_has_a_number(enum: Any, words: Any) -> None:
    assert set(enum_words(enum.DESCRIPTOR).values()) == set(map(str, words))


def test_requests_name_a_domain_and_answers_a_revision() -> None:
    for file in FILES:
        for service in file.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                domain = method.input_type.fields_by_number[1]
                assert (domain.name, domain.type) == ("domain", FieldDescriptor.TYPE_STRING)
                revision = method.output_type.fields_by_number[1]
                assert (revision.name, revision.type) == ("revision", FieldDescriptor.TYPE_UINT64)


def test_every_method_and_command_has_its_permissions() -> None:
    methods = {
        f"/{service.full_name}/{method.name}"
        for file in FILES
        for service in file.DESCRIPTOR.services_by_name.values()
        for method in service.methods
    }
    assert methods == {name for name in METHODS if name.startswith("/huntgroup.")}
    assert set(PERMITTED) == {struct.__name__ for struct in get_args(Command)}


@pytest.mark.tree
def test_everything_is_explained() -> None:
    """Every message, enum, service and method has a comment above it."""
    bare = []
    for path in PROTOS:
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            if re.match(r"\s*(message|enum|service|rpc) ", line) and "//" not in lines[number - 1]:
                bare.append(f"{path.name}: {line.strip()}")
    assert bare == []


@pytest.mark.tree
def test_what_is_generated_is_fresh(tmp_path: Path) -> None:
    version = importlib.metadata.version("grpcio-tools")
    if version != GENERATED_BY:
        pytest.skip(f"grpcio-tools {version} writes other code than {GENERATED_BY}, which wrote this")
    source, inside = str(ROOT / "protos"), [path.relative_to(ROOT / "protos").as_posix() for path in PROTOS]
    services = [
        name for name in inside if Path(name).stem in {"center", "dialing", "engine", "menus", "routing"}
    ]
    assert protoc.main(["", f"-I{source}", f"--python_out={tmp_path}", f"--pyi_out={tmp_path}", *inside]) == 0
    assert protoc.main(["", f"-I{source}", f"--grpc_python_out={tmp_path}", *services]) == 0
    fresh = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "grpc_api" / "v1").iterdir()}
    kept = {
        path.name: path.read_text(encoding="utf-8")
        for path in (ROOT / "grpc_api" / "v1").iterdir()
        if "_pb2" in path.name and path.suffix in {".py", ".pyi"}
    }
    assert sorted(kept) == sorted(fresh)
    assert [name for name in fresh if fresh[name] != kept[name]] == [], "remedy: make protos"


def buf(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run something in the folder of the protos, with buf in reach."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        arguments,
        cwd=ROOT / "protos",
        env={**os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


needs_buf = pytest.mark.skipif(
    shutil.which("buf") is None and not (Path(sys.executable).parent / "buf").exists(),
    reason="buf is not installed; it comes with the extra 'lint'",
)


@needs_buf
@pytest.mark.tree
def test_the_style_is_that_of_buf() -> None:
    done = buf("buf", "lint")
    assert done.returncode == 0, done.stdout + done.stderr


@needs_buf
@pytest.mark.tree
def test_nothing_breaks_clients() -> None:
    done = buf("./breaking")
    assert done.returncode == 0, done.stdout + done.stderr
