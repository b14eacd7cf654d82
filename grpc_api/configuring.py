"""The configuration over the wire: read it, look it over, put another one in its place.

Owns what is said about a configuration, and that nobody overwrites what they have not seen; must not know its rules.
"""

from typing import Any, Final

import grpc
from msgspec.structs import asdict

from grpc_api.calls import Call
from grpc_api.convert import enum_number, write_events
from grpc_api.status import Fault, fault_of_refusal
from grpc_api.v1 import engine_pb2
from routing import lint
from routing.commands import Configure
from routing.config import config_hash, dumps, loads
from routing.errors import ConfigError
from routing.events import CommandRefused
from routing.host import Request
from routing.model import Config

#: Code of the finding that a configuration breaks a rule.
INVALID_CODE: Final = "invalid-configuration"


def get_configuration(
    call: Call, request: engine_pb2.GetConfigurationRequest
) -> engine_pb2.GetConfigurationResponse:
    """Give the configuration in force."""
    hosted = call.hosted(request.domain)
    call.permit(hosted)
    revision, config = hosted.host.read(lambda engine: (engine.revision, engine.config))
    return engine_pb2.GetConfigurationResponse(
        revision=revision, json=dumps(config, "json"), version=_version(config)
    )


def validate_configuration(
    call: Call, request: engine_pb2.ValidateConfigurationRequest
) -> engine_pb2.ValidateConfigurationResponse:
    """Look a configuration over."""
    hosted = call.hosted(request.domain)
    call.permit(hosted)
    revision = hosted.host.revision
    try:
        config = loads(request.json, "json")
        findings = _findings(config)
    except ConfigError as error:
        broken = {
            "code": INVALID_CODE,
            "severity": enum_number(engine_pb2.Severity, "error"),
            "path": error.path,
            "message": error.problem,
            "reason": "a rule of configurations is broken, so that it cannot be put",
            "remedy": "as the message says",
        }
        return engine_pb2.ValidateConfigurationResponse(revision=revision, findings=[broken])
    return engine_pb2.ValidateConfigurationResponse(
        revision=revision, valid=True, version=_version(config), findings=findings
    )


def put_configuration(
    call: Call, request: engine_pb2.PutConfigurationRequest
) -> engine_pb2.PutConfigurationResponse:
    """Put a configuration in force, unless another one is in force than the caller thinks."""
    hosted = call.hosted(request.domain)
    call.permit(hosted)
    host = hosted.host
    config = loads(request.json, "json")
    version = _version(config)
    with hosted.configuring:
        present = hosted.version()
        events = []
        if present != version:  # else it is there already, perhaps because this is a retry
            if request.expected_version and request.expected_version != present:
                raise Fault(
                    grpc.StatusCode.ABORTED,
                    "OTHER_VERSION",
                    f"version {present} is in force, not {request.expected_version[:64]!r}; read it, and make your "
                    "change to that",
                    {"version": present},
                )
            outcome = host.apply_many([Request(Configure(config), request.request_id, call.actor)])[0]
            if isinstance(outcome.events[-1], CommandRefused):
                raise fault_of_refusal(outcome.events[-1])
            events = write_events(outcome.events)
        revision = host.revision
    return engine_pb2.PutConfigurationResponse(
        revision=revision, version=version, events=events, findings=_findings(config)
    )


def _version(config: Config) -> str:
    return f"{config_hash(config):016x}"


def _findings(config: Config) -> list[dict[str, Any]]:
    return [
        asdict(one) | {"severity": enum_number(engine_pb2.Severity, one.severity)}
        for one in lint.check(config)
    ]
