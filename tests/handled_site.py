"""A centre with own lines behind a real server, and the same client of it over gRPC and over HTTP.

Owns starting both and ending them; must not test anything.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import httpx
import msgspec
from wired import DOMAIN, PATIENT, address

from grpc_api import facade as f
from grpc_api.client import Client
from grpc_api.domains import Domains, Hosted
from grpc_api.http import HttpServer, make_app
from grpc_api.server import Server
from grpc_api.settings import Codes, DomainSettings, Endpoints, Lines, NumberRule
from routing import Agent, Config, Preference, Queue
from routing.center.devices import Device, Devices
from routing.host import Host
from routing.journal import Journal
from routing.units import SECOND

T = TypeVar("T")

CENTRE = Config(
    name=DOMAIN,
    agents=(Agent("ann"), Agent("ben"), Agent("cat"), Agent("sue")),
    queues=(
        Queue("sales", members=("ann",)),
        Queue("tech", members=("ben",)),
        Queue("care", members=("cat",), wrap_up_ns=60 * SECOND),
        Queue("lines", requirement="False", exclusion_ns=0, retry_delay_ns=0),
    ),
    not_ready_reasons=("lunch",),
)
#: Ann has three devices that ring in turn, Sue two that ring at once; two seats are anybody's.
SETTINGS = DomainSettings(
    numbers=(
        NumberRule(number="200", queues=("tech",), priority=3),
        NumberRule(number="201", queues=("lines",), preferred=(Preference("ben", direct=True),)),
        NumberRule(prefix="666", reject="blocked"),
    ),
    endpoints=Endpoints(
        devices={
            "ann": Devices(
                (
                    Device("desk", "sip:ann-desk@pbx", 5 * SECOND),
                    Device("soft", "sip:ann-soft@pbx", 5 * SECOND),
                    Device("mobile", "sip:ann-mobile@pbx"),
                )
            ),
            "sue": Devices((Device("desk", "sip:sue-desk@pbx"), Device("home", "sip:sue-home@pbx")), "all"),
        },
        seats={"seat-7": "sip:207@pbx", "seat-8": "sip:208@pbx"},
        seat_ring_ns=5 * SECOND,
    ),
    codes=Codes(reasons={"1": "lunch"}, agents={"11": "ann", "12": "ben", "13": "cat"}, leave_seat="*44"),
    lines=Lines("lines", outbound="sales"),
)


class HttpClient:
    """What of `Client` speaks to the facade, over HTTP."""

    def __init__(self, port: int) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}/v1/{DOMAIN}", timeout=60)

    def close(self) -> None:
        self._http.close()

    def _post(self, path: str, body: Any, kind: type[T], without: str = "") -> T:
        data = msgspec.to_builtins(body)
        data.pop(without, None)
        answer = self._http.post(path, json=data)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=kind)

    def route_call(self, call: f.RouteCall) -> f.Answer:
        return self._post("calls", call, f.Answer)

    def report_call(self, report: f.ReportCall) -> f.Answer:
        return self._post(f"calls/{report.call_id}/report", report, f.Answer, "call_id")

    def handle_call(self, asked: f.HandleCall) -> f.Handled:
        return self._post(f"calls/{asked.call_id}/handle", asked, f.Handled, "call_id")

    def place_call(self, call: f.PlaceCall) -> f.Handled:
        return self._post("placed", call, f.Handled)

    def remark_call(self, said: f.RemarkCall) -> f.Answer:
        return self._post(f"calls/{said.call_id}/remark", said, f.Answer, "call_id")

    def presence(self, agent: str = "", *, endpoint: str = "") -> f.Present:
        answer = self._http.get("presence", params={"agent": agent, "endpoint": endpoint})
        return msgspec.json.decode(answer.content, type=f.Present)

    def report_endpoint(self, report: f.ReportEndpoint) -> f.EndpointAnswer:
        return self._post("endpoints", report, f.EndpointAnswer)

    def dial_code(self, dialled: f.DialCode) -> f.CodeAnswer:
        return self._post("codes", dialled, f.CodeAnswer)


class Site:
    """A host, its facade, a server, and a client that says things shortly."""

    def __init__(self, host: Host, facade: f.Facade, client: Client | HttpClient) -> None:
        self.host, self.facade, self.client = host, facade, client

    def code(self, endpoint: str, code: str) -> str:
        return self.client.dial_code(f.DialCode(endpoint, code)).announcement

    def route(self, call: str, called: str = "sales") -> f.Answer:
        return self.client.route_call(f.RouteCall(call, "pbx", called=called))

    def report(self, call: str, what: f.Report, **more: Any) -> f.Answer:
        return self.client.report_call(f.ReportCall(call, what, "pbx", **more))

    def do(self, call: str, do: f.Action, request_id: str = "") -> f.Handled:
        return self.client.handle_call(f.HandleCall(call, do, "pbx", request_id))

    def talk(self, call: str, called: str = "sales") -> f.Answer:
        """A call that somebody has taken."""
        self.route(call, called)
        return self.report(call, "answered")


@contextmanager
def site(
    transport: str, journal: Journal | None = None, config: Config | None = CENTRE, **more: Any
) -> Iterator[Site]:
    """A site whose client speaks ``grpc`` or ``http``."""
    with ExitStack() as parts:
        host = parts.enter_context(Host(config, journal, followers=f.FOLLOWERS, **more))
        facade = parts.enter_context(f.Facade(host, SETTINGS))
        if transport == "grpc":
            server = parts.enter_context(
                Server(Domains(Hosted(DOMAIN, host, facade)), "127.0.0.1:0", None, None)
            )
            yield Site(host, facade, parts.enter_context(Client(address(server), DOMAIN, PATIENT)))
            return
        http = HttpServer(make_app({DOMAIN: facade}), "127.0.0.1", 0)
        http.start()
        parts.callback(http.stop)
        client = HttpClient(http.port)
        parts.callback(client.close)
        yield Site(host, facade, client)
