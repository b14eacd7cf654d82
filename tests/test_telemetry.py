"""Telemetry: what is written about calls, and above all what is not."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import msgspec
import pytest
from guarded_server import CONFIG, Batch, call, serving
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from prometheus_client.parser import text_string_to_metric_families

from grpc_api.guard import EVERYBODY, read_settings
from grpc_api.guard.tokens import hash_token, new_token
from grpc_api.telemetry import CallCounter, LogSettings, RequestLog, Telemetry, Tracing, log_to
from grpc_api.telemetry.calls import BUCKETS, FIRST_BIT
from grpc_api.telemetry.metrics import buckets_of
from routing.commands import CancelContact, EnqueueContact, LogIn
from routing.host import Host

APPLY = "/huntgroup.v1.EngineService/Apply"
OPEN = read_settings({"insecure": True})
PHONE = "+4930555019"
MARKERS = (
    PHONE,
    "MARKERcontact",
    "MARKERcustomer",
    "MARKERkey",
    "MARKERvalue",
    "MARKERrequest",
    "MARKERdomain",
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that the server logs, as an operator gets it."""
    stream = io.StringIO()
    logger = logging.getLogger("huntgroup")
    handler = log_to(stream, logging.DEBUG)
    try:
        yield stream
    finally:
        logger.removeHandler(handler)
        logger.propagate = True
        logger.setLevel(logging.NOTSET)


@pytest.fixture
def spans() -> tuple[Tracing, InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Tracing(provider), exporter


def read(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


# ------------------------------------------------------------------------------------------- personal data


def test_nothing_about_callers_is_written(
    lines: io.StringIO, spans: tuple[Tracing, InMemorySpanExporter]
) -> None:
    """Markers go through real calls, good and bad ones, and are in no log, no metric and no span."""
    tracing, exporter = spans
    token, bad = new_token(), f"hgt_{'MARKERtoken'.ljust(43, 'x')}"
    settings = read_settings(
        {
            "insecure": True,
            "tokens": [
                {
                    "name": "gw",
                    "hash": hash_token(token),
                    "roles": ["front_end"],
                    "domains": ["bank", "MARKERdomain"],
                }
            ],
        }
    )
    enqueue = EnqueueContact(
        "MARKERcontact",
        ("sales",),
        customer="MARKERcustomer",
        attributes={"MARKERkey": "MARKERvalue", "from": PHONE},
    )
    batches = [
        Batch("bank", (enqueue,), f"MARKERrequest {PHONE}"),
        Batch("bank", (enqueue,), "MARKERrequest 2"),  # refused: the contact is there
        Batch("bank", (CancelContact("MARKERcontact", PHONE),)),
        Batch("bank", (EnqueueContact(PHONE, ("MARKERkey",)),)),  # no such queue
        Batch("MARKERdomain", (LogIn(PHONE),)),
        Batch(PHONE, (LogIn(PHONE),)),  # a domain of nobody
    ]
    with (
        serving(settings, tracing) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        for batch in batches:
            call(channel, request=msgspec.json.encode(batch), token=token)
        call(channel, request=b'{"domain": "MARKERdomain", "commands": "' + PHONE.encode(), token=token)
        call(channel, f"/huntgroup.v1.EngineService/{PHONE}", token=token)
        call(channel, token=bad)
        call(channel, token=token + bad)
        rendered = server.telemetry.render().decode()
    written = lines.getvalue()
    told = "".join(span.to_json() for span in exporter.get_finished_spans())
    for marker in (*MARKERS, "MARKER", token, bad):
        assert marker not in written
        assert marker not in rendered
        assert marker not in told
    codes = [line["code"] for line in read(lines) if "code" in line]
    assert codes.count("OK") >= 4
    assert {"PERMISSION_DENIED", "INVALID_ARGUMENT", "UNAUTHENTICATED"} <= set(codes)


def test_a_line_says_what_it_may() -> None:
    stream = io.StringIO()
    handler = log_to(stream)
    try:
        log = RequestLog(LogSettings(), [APPLY], lambda: ["bank"], wall_s=lambda: 0.25)
        log.record(APPLY, "OK", 1_234_567, "gw", "bank", 64, "call-1")
        log.record(APPLY, "OK", 1_000, "gw", "bank", 64, "call-1")
        log.record("/other", "UNIMPLEMENTED", 5, "gw", "shop")
    finally:
        logging.getLogger("huntgroup").removeHandler(handler)
        logging.getLogger("huntgroup").propagate = True
    first, second, third = read(stream)
    hashed = first.pop("request")
    assert first == {
        "time": "1970-01-01T00:00:00.250Z",
        "method": APPLY,
        "code": "OK",
        "duration_us": 1234,
        "identity": "gw",
        "domain": "bank",
        "commands": 64,
    }
    assert len(hashed) == 16
    assert second["request"] == hashed  # so that lines of one request are found
    assert (third["method"], third["domain"]) == ("unknown", "unknown")
    again = RequestLog(LogSettings(), [])
    assert again._hash("call-1") != hashed  # nobody can try telephone numbers later


def test_sampling(lines: io.StringIO) -> None:
    log = RequestLog(LogSettings(one_in=10), [APPLY])
    for n in range(100):
        log.record(APPLY, "OK" if n % 20 else "INTERNAL", 1000)
    log.record(APPLY, "OK", 2_000_000_000)
    codes = [line["code"] for line in read(lines)]
    assert codes.count("INTERNAL") == 5
    assert codes.count("OK") == 10 + 1  # 95 in tens, the first of each, and the slow one
    log.use(LogSettings(requests=False))
    log.record(APPLY, "INTERNAL", 1)
    assert len(read(lines)) == len(codes)


def test_an_exception_is_told_without_its_message(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"about {PHONE}")
    except ValueError:
        logging.getLogger("huntgroup.server").exception("a call failed")
    (line,) = read(lines)
    assert (line["level"], line["exception"]) == ("error", "ValueError")
    assert "test_telemetry" in line["trace"]


# ------------------------------------------------------------------------------------------------ metrics


def samples(rendered: bytes) -> dict[str, float]:
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(rendered.decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_metrics_of_a_host_and_its_calls() -> None:
    with serving(OPEN) as server, grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
        commands = (LogIn("ann"), EnqueueContact("c1", ("sales",)), CancelContact("nobody"))
        assert call(channel, request=msgspec.json.encode(Batch(commands=commands)))[0] == "OK"
        call(channel, request=b"{")
        found = samples(server.telemetry.render())
        assert found["huntgroup_commands_total{domain=bank}"] == 3
        assert found["huntgroup_refusals_total{domain=bank,reason=unknown_contact}"] == 1
        assert found["huntgroup_state{domain=bank,state=serving}"] == 1
        assert found["huntgroup_state{domain=bank,state=full}"] == 0
        assert found["huntgroup_revision{domain=bank}"] == server.host.revision
        assert found["huntgroup_journal_append_seconds_count{domain=bank}"] >= 1
        assert found[f"huntgroup_calls_total{{code=OK,method={APPLY}}}"] == 1
        assert found[f"huntgroup_calls_total{{code=INVALID_ARGUMENT,method={APPLY}}}"] == 1
        assert found[f"huntgroup_call_seconds_count{{method={APPLY}}}"] == 2
        assert found[f"huntgroup_call_seconds_bucket{{le=+Inf,method={APPLY}}}"] == 2


def test_calls_are_counted_exactly() -> None:
    counter = CallCounter([APPLY])
    limits = [0, 1, 2**FIRST_BIT - 1, 2**FIRST_BIT, 2 ** (FIRST_BIT + BUCKETS - 2), 2**60]
    for duration_ns in limits:
        counter.record(APPLY, "OK", duration_ns)
    codes, buckets, sum_ns = counter.read()[0][APPLY]
    assert codes == {"OK": 6}
    assert (buckets[0], buckets[1], buckets[-1]) == (3, 1, 2)
    assert sum_ns == sum(limits)
    assert buckets_of(buckets, FIRST_BIT)[0] == ("1.6384e-05", 3)

    def work() -> None:
        for _ in range(2000):
            counter.record(APPLY, "OK", 1)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.read()[0][APPLY][0] == {"OK": 8006}


def test_unknown_methods_share_a_row() -> None:
    counter = CallCounter([APPLY])
    for n in range(1000):
        counter.record(f"/made/up{n}", "UNIMPLEMENTED", 1)
    assert list(counter.read()[0]) == ["unknown"]


def test_two_servers_of_a_process_do_not_meet() -> None:
    first, second = Telemetry([APPLY], tuple, dict), Telemetry([APPLY], tuple, dict)
    first.ended(APPLY, "OK", 1)
    assert b"huntgroup_calls_total{" in first.render()
    assert b"huntgroup_calls_total{" not in second.render()


def test_figures_of_several_domains() -> None:
    with Host(CONFIG) as bank, Host(CONFIG) as shop:
        telemetry = Telemetry([], tuple, lambda: {"bank": bank.figures(), "shop": shop.figures()})
        found = samples(telemetry.render())
    assert {found[f"huntgroup_watches{{domain={name}}}"] for name in ("bank", "shop")} == {0}


# ------------------------------------------------------------------------------------------------- traces

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_call_is_part_of_its_callers_trace(spans: tuple[Tracing, InMemorySpanExporter]) -> None:
    tracing, exporter = spans
    with (
        serving(OPEN, tracing) as server,
        grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        ask: Any = channel.unary_unary(APPLY)
        metadata = (("traceparent", PARENT), ("baggage", "phone=MARKER"), ("tracestate", "a=b"))
        ask(msgspec.json.encode(Batch(commands=(LogIn("ann"),))), metadata=metadata)
        assert call(channel, request=b"{")[0] == "INVALID_ARGUMENT"
    good, bad = exporter.get_finished_spans()
    assert about(good) == {
        "rpc.system": "grpc",
        "rpc.service": "huntgroup.v1.EngineService",
        "rpc.method": "Apply",
        "rpc.grpc.status": "OK",
        "huntgroup.domain": "bank",
        "huntgroup.commands": 1,
    }
    assert good.kind is SpanKind.SERVER
    assert good.parent is not None
    assert f"{good.parent.trace_id:032x}-{good.parent.span_id:016x}" == PARENT[3:52]
    assert bad.parent is None
    assert not bad.status.is_ok
    assert not bad.events


def about(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


BAD_PARENTS = ["", "00-zz", PARENT.replace("-", "_"), f"00-{'0' * 32}-{'0' * 16}-01", "x" * 9999]


@pytest.mark.parametrize("parent", BAD_PARENTS, ids=range(len(BAD_PARENTS)))
def test_a_bad_traceparent_begins_a_new_trace(
    parent: str, spans: tuple[Tracing, InMemorySpanExporter]
) -> None:
    tracing, exporter = spans
    with tracing.span(APPLY, [("traceparent", parent), ("traceparent-bin", b"\xff")]) as span:
        span.describe("OK")
    assert exporter.get_finished_spans()[0].parent is None


def test_an_exception_leaves_no_message_in_the_span(spans: tuple[Tracing, InMemorySpanExporter]) -> None:
    tracing, exporter = spans
    with pytest.raises(ValueError, match="about"), tracing.span(APPLY, []):
        raise ValueError(f"about {PHONE}")
    (span,) = exporter.get_finished_spans()
    assert PHONE not in span.to_json()
    assert about(span)["error.type"] == "ValueError"


def test_without_an_sdk_there_is_no_span() -> None:
    tracing = Tracing()
    assert not tracing.on
    assert tracing.span(APPLY, []) is tracing.span(APPLY, [])
    with tracing.span(APPLY, []) as span:
        span.describe("OK", "bank", 1)
    tracing.ended(APPLY, [], "OK", 1)


def test_an_observer_of_the_server(spans: tuple[Tracing, InMemorySpanExporter], lines: io.StringIO) -> None:
    """The large server tells of a call when it has ended."""
    tracing, exporter = spans

    class Seen:
        context: Any = None
        method = APPLY
        identity = EVERYBODY
        domain = "MARKERdomain"
        commands = 2

        def invocation_metadata(self) -> Any:
            return (("traceparent", PARENT),)

    seen = Seen()
    seen.context = seen
    telemetry = Telemetry([APPLY], lambda: ("bank",), dict, tracing=tracing)
    telemetry.observe(seen, grpc.StatusCode.PERMISSION_DENIED, "FOREIGN_DOMAIN", 5_000)
    telemetry.observe(seen, grpc.StatusCode.INVALID_ARGUMENT, "MARKER_OTHER", 5_000)
    first, _ = exporter.get_finished_spans()
    assert first.parent is not None
    assert first.start_time is not None
    assert first.end_time == first.start_time + 5_000
    assert "huntgroup.domain" not in about(first)
    found = samples(telemetry.render())
    assert found["huntgroup_denials_total{reason=foreign_domain}"] == 1
    assert [line["domain"] for line in read(lines)] == ["unknown"] * 2
    assert b"MARKER" not in telemetry.render()
