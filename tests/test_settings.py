"""The server's settings: what a file may say, and how what is wrong is told.

Owns tests of ``grpc_api.settings``; must not test what acts on them.
"""

from pathlib import Path

import pytest
from calling import CENTRE

from grpc_api.facade.directory import Directory
from grpc_api.facade.numbers import NumberPlan
from grpc_api.facade.shapes import Reject, RouteCall
from grpc_api.settings import (
    DomainSettings,
    Endpoints,
    NumberRule,
    ServerSettings,
    check_against,
    load_settings,
    read_settings,
)
from routing.commands import EnqueueContact
from routing.errors import ConfigError, UsageError
from routing.units import MILLISECOND, SECOND

WHOLE = """
listen = "0.0.0.0:50051"
data = "journals"
durability = "group"

[http]
listen = "127.0.0.1:8081"
wait = "30s"

[metrics]
listen = ""

[limits]
commands = 500
drain = "5s"

[facade]
followers = 50

[host]
sync = "2ms"

[log]
slow = "250ms"

[guard]
insecure = true

[domains.bank]
config = "bank.toml"
unmatched = "reject"

[[domains.bank.numbers]]
number = "900"
queues = ["sales"]
priority = 2
preferred = [{ agent = "ann", score = 5 }]
prefer = "10s"

[[domains.bank.numbers]]
pattern = "9[0-9]{2}"
caller = "34"
queues = ["support", "sales"]
requirement = "tech"
credit = "1m"

[domains.bank.endpoints]
template = "sip:{agent}@pbx.example"
agents = { ben = "sip:102@10.0.0.9" }

[domains.bank.treatments]
voicemail = "sip:voicemail@pbx"
queues = { sales = { waiting = "sip:music@pbx" } }

[domains.bank.codes]
log_in = "*1"
reasons = { "1" = "lunch" }
"""


def test_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text(WHOLE)
    settings = load_settings(file)
    assert settings.data == str(tmp_path / "journals")
    assert settings.http.wait_ns == 30 * SECOND
    assert settings.limits.commands == 500
    assert settings.facade.followers == 50
    assert settings.host.sync_ns == 2 * MILLISECOND
    assert settings.log.slow_ns == 250 * MILLISECOND
    assert settings.guard.insecure
    bank = settings.domains["bank"]
    assert bank.config == str(tmp_path / "bank.toml")
    assert bank.numbers[0].prefer_ns == 10 * SECOND
    assert bank.numbers[1].credit_ns == 60 * SECOND
    assert bank.codes.log_in == "*1"
    check_against(bank, CENTRE, "domains.bank")


def test_an_empty_file_means_the_defaults() -> None:
    assert read_settings("") == ServerSettings()
    assert read_settings("{}", "json") == ServerSettings()
    assert read_settings("").http.listen.startswith("127.0.0.1")


def test_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'\.ini' is not one of"):
        load_settings(tmp_path / "server.ini")
    with pytest.raises(OSError, match="No such file"):
        load_settings(tmp_path / "server.toml")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ('listne = "x"', "listne: unknown field; did you mean 'listen'?"),
        ('listen = "50051"', "listen: '50051' is no address; write HOST:PORT"),
        ('listen = "::1:50051"', "listen: '::1:50051' has a bare IPv6 address"),
        ('listen = "host:99999"', "listen: 'host:99999' is no address"),
        ('http.listen = "x"', "http.listen: 'x' is no address"),
        ("http.wait = 5", "http.wait: 5 is a number and has no unit"),
        ('durability = "ful"', "durability: 'ful' is not one of"),
        ("facade.followers = 0", "facade.followers: 0 is not in 1..100000000"),
        ('guard.tls = "x"', "guard.tls: "),
        ("guard.nonsense = 1", "guard.nonsense: unknown field"),
        ('domains."a b" = {}', "domains['a b']: 'a b' is no name of a domain"),
        ("domains.x.numbers = [{}]", "domains.x.numbers[0]: fits every call"),
        ('domains.x.numbers = [{number = "1"}]', "domains.x.numbers[0].queues: is empty"),
        (
            'domains.x.numbers = [{number = "1", prefix = "2", queues = ["a"]}]',
            "domains.x.numbers[0]: number and prefix are given",
        ),
        (
            'domains.x.numbers = [{pattern = "(", queues = ["a"]}]',
            "domains.x.numbers[0].pattern: '(' is no regular expression",
        ),
        (
            'domains.x.numbers = [{number = "1", reject = "no", queues = ["a"]}]',
            "domains.x.numbers[0].reject: stands beside queues",
        ),
        (
            'domains.x.numbers = [{number = "1", queues = ["a"], prefer = "1 parsec"}]',
            "domains.x.numbers[0].prefer: ",
        ),
        (
            'domains.x.endpoints.template = "sip:ann@x"',
            "domains.x.endpoints.template: 'sip:ann@x' must have {agent}",
        ),
        (
            'domains.x.endpoints.agents = {a = "sip:1@x", b = "sip:1@x"}',
            "domains.x.endpoints.agents.b: 'sip:1@x' is 'a''s",
        ),
        ('domains.x.endpoints.agents = {a = ""}', "domains.x.endpoints.agents.a: is empty"),
        ('domains.x.codes.ready = "*45"', "domains.x.codes.ready: '*45' is log_in's"),
        ('domains.x.codes.ready = "abc"', "domains.x.codes.ready: 'abc' cannot be dialled"),
        ('domains.x.codes.reasons = {x = "lunch"}', "domains.x.codes.reasons.x: 'x' cannot be dialled"),
        ('domains.x.codes = {status = "*481", reasons = {"1" = "lunch"}}', "'*481' is status's"),
        (
            "domains.x.treatments.queues.sales.queues = {}",
            "domains.x.treatments.queues.sales.queues: unknown field",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_path(document: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_settings(document)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            'numbers = [{number = "1", queues = ["sale"]}]',
            "numbers[0].queues: unknown queue 'sale'; did you mean 'sales'?",
        ),
        (
            'numbers = [{number = "1", queues = ["sales"], channel = "fax"}]',
            "numbers[0].channel: unknown channel 'fax'",
        ),
        (
            'numbers = [{number = "1", queues = ["sales"], preferred = [{agent = "zoe"}]}]',
            "numbers[0].preferred: unknown agent",
        ),
        ('endpoints.agents.zoe = "sip:1@x"', "endpoints.agents.zoe: unknown agent 'zoe'"),
        ("treatments.queues.nope = {}", "treatments.queues.nope: unknown queue 'nope'"),
        ('codes.reasons = {"2" = "coffee"}', "codes.reasons['2']: unknown reason 'coffee'"),
    ],
)
def test_what_the_centre_lacks_is_named(document: str, message: str) -> None:
    domain = read_settings(f"[domains.x]\n{document}").domains["x"]
    with pytest.raises(ConfigError) as error:
        check_against(domain, CENTRE)
    assert message in str(error.value)


# ---------------------------------------------------------------------------------------- rules and addresses


def plan(*rules: NumberRule) -> NumberPlan:
    return NumberPlan(DomainSettings(numbers=rules))


def goes_to(made: NumberPlan, called: str, caller: str = "") -> object:
    wanted = made.enqueue(RouteCall("c", called=called, caller=caller))
    return wanted.queues[0] if isinstance(wanted, EnqueueContact) else wanted


def test_the_first_rule_that_fits_holds_whatever_its_kind() -> None:
    made = plan(
        NumberRule(number="100", queues=("a",)),
        NumberRule(prefix="1", caller="34", queues=("b",)),
        NumberRule(number="101", queues=("c",)),
        NumberRule(pattern="10[0-9]", queues=("d",)),
        NumberRule(number="100", queues=("e",)),
        NumberRule(caller="999", reject="blocked"),
    )
    assert goes_to(made, "100", "34600") == "a"
    assert goes_to(made, "101", "34600") == "b"
    assert goes_to(made, "101", "44600") == "c"
    assert goes_to(made, "102") == "d"
    assert goes_to(made, "1020") == "1020"
    assert goes_to(made, "1020", "9991") == Reject("blocked", "1020")


@pytest.mark.parametrize(
    ("endpoint", "agent"),
    [
        ("sip:ann@127.0.0.1", "ann"),
        ("<SIP:ann@127.0.0.1;transport=udp>;tag=77", "ann"),
        ('"Ann" <sip:ann@127.0.0.1>', "ann"),
        ("sip:102@PBX:5070", "ben"),
        ("sip:ben@127.0.0.1", ""),  # who has an address of their own has no other
        ("sip:ann@10.0.0.1", ""),
        ("ann", ""),
        ("", ""),
    ],
)
def test_who_dials_is_known_by_their_address(endpoint: str, agent: str) -> None:
    directory = Directory(DomainSettings(endpoints=Endpoints(agents={"ben": "sip:102@pbx:5070"})))
    assert directory.agent(endpoint) == agent


def test_who_dials_may_be_known_by_their_user_part_alone() -> None:
    directory = Directory(
        DomainSettings(endpoints=Endpoints("sip:x-{agent}@pbx", {"ben": "sip:102@pbx"}, any_host=True))
    )
    assert [
        directory.agent(one) for one in ("sip:x-ann@10.1.1.1:5066", "sip:102@else", "x-ann", "sip:ann@pbx")
    ] == [
        "ann",
        "ben",
        "ann",
        "",
    ]
    assert directory.endpoint("ann") == "sip:x-ann@pbx"
