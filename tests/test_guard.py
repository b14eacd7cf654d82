"""The guard without a network: every permission, every rule of the settings, limits under an injected clock."""

import base64
import datetime
import hashlib
import hmac
import inspect as python_inspect
import json
import logging
import threading
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, get_args

import jwt
import msgspec
import pytest
from certificates import AUDIENCE, ISSUER, private_pem, public_pem, signed, unsigned
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from grpc_api.guard import (
    COMMANDS,
    METHODS,
    PUBLIC,
    REASONS,
    ROLES,
    Denied,
    Guard,
    GuardSettings,
    Identity,
    check_listening,
    read_settings,
)
from grpc_api.guard.identity import Code, denied
from grpc_api.guard.jwts import make_identity
from grpc_api.guard.limits import Buckets, Streams
from grpc_api.guard.tokens import hash_token, new_token
from routing import commands
from routing.errors import ConfigError
from routing.model import Agent, Config, Queue
from routing.remarks import Hint

pytestmark = pytest.mark.once

PEER = "ipv4:192.0.2.7:40000"
APPLY = "/huntgroup.v1.EngineService/Apply"
STATUS = "/huntgroup.v1.EngineService/GetStatus"
SECOND = 1_000_000_000


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ns = 1_000 * SECOND
        self.epoch_s = datetime.datetime.now(datetime.UTC).timestamp()

    def __call__(self) -> int:
        return self.ns

    def wall_s(self) -> float:
        return self.epoch_s

    def move(self, seconds: float) -> None:
        self.ns += round(seconds * SECOND)
        self.epoch_s += seconds


class Floor:
    """Two contacts and three agents."""

    def contact(self, contact: str) -> tuple[Collection[str], str] | None:
        return {
            "c-sales": (["sales"], "ann"),
            "c-both": (["sales", "care"], "bob"),
            "c-care": (["care"], ""),
        }.get(contact)

    def agent(self, agent: str) -> Collection[str] | None:
        return {"ann": ["sales"], "bob": ["sales", "care"], "cec": []}.get(agent)


def bearer(token: str) -> list[tuple[str, str | bytes]]:
    return [("user-agent", "test"), ("authorization", f"Bearer {token}")]


def token_entry(token: str, name: str = "gateway", **more: Any) -> dict[str, Any]:
    return {"name": name, "hash": hash_token(token), "roles": ["front_end"], "domains": ["bank"], **more}


def reason(guard: Guard, *arguments: Any, **named: Any) -> str:
    """Ask to be admitted; say "admitted", or why not."""
    try:
        guard.admit(*arguments, **named)
    except Denied as error:
        return error.reason
    return "admitted"


# ------------------------------------------------------------------------------------------- permissions


def engine_commands() -> list[type[Any]]:
    return list(get_args(commands.Command))


def test_every_reason_has_its_code() -> None:
    for name, code in REASONS.items():
        assert denied(name, "").code == code
    assert set(REASONS.values()) == set(get_args(Code))


def test_every_command_has_a_row() -> None:
    named = {command.__name__ for command in engine_commands()}
    assert named <= set(COMMANDS), "a command without a row is refused to everybody but administrators of all"
    assert set(COMMANDS) <= named


def test_rows_name_fields_that_the_commands_have() -> None:
    """A misspelt subject would judge by nothing."""
    for command in engine_commands():
        fields = {field.name for field in msgspec.structs.fields(command)}
        needed = set(COMMANDS[command.__name__].subject.split(" and ")) - {"-"}
        needed = {"queues" if part == "queues" else part for part in needed}
        assert needed <= fields, command.__name__


def identity(role: str, queues: Collection[str] | None = None) -> Identity:
    return make_identity(
        kind="test",
        name=f"the {role}",
        roles=frozenset((role,)),
        domains=frozenset(("bank",)),
        queues=None if queues is None else frozenset(queues),
        agent="ann" if role == "agent" else "",
    )


def sample(command: type[Any], **values: Any) -> Any:
    """Make one of a type of command; what it needs and `values` do not give is made up."""
    filler: dict[str, Any] = {
        "agent": Agent("ann") if command is commands.PutAgent else "ann",
        "queue": Queue("sales") if command is commands.PutQueue else "sales",
        "contact": "c-sales",
        "queues": ("sales",),
        "state": "available",
        "cause": "busy",
        "skill": "tech",
        "group": "g",
        "skills": {},
        "config": Config(),
        "front_end": "gw",
        "live": (),
        "leg": "c-sales",
        "remark": Hint(),
    }
    chosen = {
        field.name: values.get(field.name, filler.get(field.name))
        for field in msgspec.structs.fields(command)
        if field.required or field.name in values
    }
    return command(**chosen)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("command", engine_commands(), ids=lambda command: str(command.__name__))
def test_a_role_may_what_its_row_says(role: str, command: type[Any]) -> None:
    """Each pair, once inside its reach and once, where the row limits it, outside."""
    guard, floor = Guard(GuardSettings()), Floor()
    rule = COMMANDS[command.__name__]
    who = identity(role, ["sales"] if role == "supervisor" else None)

    def permitted(made: Any, who: Identity = who, domain: str = "bank") -> str:
        try:
            guard.permit(who, domain, made, floor)
        except Denied as error:
            return error.reason
        return "yes"

    scope = rule.scopes.get(role)
    inside = sample(command, agent="ann") if command is commands.ResetCounts else sample(command)
    assert permitted(inside) == ("yes" if scope else "role_missing")
    assert permitted(inside, domain="other") == "foreign_domain"
    if scope == "own":
        foreign = {"agent": "bob"} if "agent" in command.__struct_fields__ else {"contact": "c-both"}
        assert permitted(sample(command, **foreign)) == "foreign_agent"
    if role == "supervisor" and scope == "queues":
        others: tuple[dict[str, Any], ...] = (
            {"queue": "care"},
            {"queues": ("sales", "care")},
            {"contact": "c-both"},
            {"agent": "bob"},
        )
        for other in others:
            field = next(iter(other))
            if field in command.__struct_fields__ and rule.subject in (field, "contact and queues"):
                assert permitted(sample(command, **other)) == "foreign_queue", other
    if role == "front_end" and scope == "queues":
        limited = identity("front_end", ["care"])
        assert permitted(inside, limited) == "foreign_queue"
    if role == "administrator":
        assert scope == "any"
    if role == "read_only":
        assert scope is None


def test_whoever_names_nothing_touches_everything() -> None:
    guard = Guard(GuardSettings())
    limited, whole = identity("supervisor", ["sales"]), identity("supervisor", ["*"])
    guard.permit(whole, "bank", commands.ResetCounts())
    with pytest.raises(Denied, match="only what belongs to their own queues"):
        guard.permit(limited, "bank", commands.ResetCounts(), Floor())
    with pytest.raises(Denied):
        guard.permit(limited, "bank", commands.CancelContact("c-sales"))  # nobody to ask whose it is
    guard.permit(limited, "bank", commands.CancelContact("gone"), Floor())  # the engine refuses or repeats


def test_what_lasts_names_only_what_is_known() -> None:
    """A contact that comes later may be anybody's."""
    guard, floor = Guard(GuardSettings()), Floor()
    limited, ann = identity("supervisor", ["sales"]), identity("agent")
    watch, get = "/huntgroup.v1.EngineService/Watch", "/huntgroup.v1.EngineService/GetContact"
    for who in (limited, ann):
        guard.permit_call(who, "bank", watch, contacts=["c-sales"], lookup=floor)
        guard.permit_call(who, "bank", get, contacts=["c-later"], lookup=floor)  # it is not found
        with pytest.raises(Denied):
            guard.permit_call(who, "bank", watch, contacts=["c-sales", "c-later"], lookup=floor)
    with pytest.raises(Denied):
        guard.permit_call(limited, "bank", watch, agents=["later"], lookup=floor)


def test_what_belongs_to_no_queue_is_not_theirs() -> None:
    guard, limited = Guard(GuardSettings()), identity("supervisor", ["sales"])
    guard.permit(limited, "bank", commands.LogOut("ann"), Floor())
    with pytest.raises(Denied, match="own queues"):
        guard.permit(limited, "bank", commands.LogOut("cec"), Floor())  # who serves none


def test_a_supervisor_without_queues_has_none() -> None:
    assert identity("supervisor").queues == frozenset()
    assert identity("front_end").queues is None


def test_an_agent_has_only_what_is_in_their_hands() -> None:
    guard, ann, floor = Guard(GuardSettings()), identity("agent"), Floor()
    guard.permit(ann, "bank", commands.RequeueContact("c-sales", ("care",)), floor)
    for contact in ("c-both", "c-care"):
        with pytest.raises(Denied, match="own agent"):
            guard.permit(ann, "bank", commands.RequeueContact(contact), floor)
    get = "/huntgroup.v1.EngineService/GetContact"
    guard.permit_call(ann, "bank", get, contacts=["c-sales"], lookup=floor)
    with pytest.raises(Denied):
        guard.permit_call(ann, "bank", get, contacts=["c-both"], agents=["ann"], lookup=floor)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", METHODS)
def test_a_role_may_call_what_its_row_says(role: str, method: str) -> None:
    token = new_token()
    extra: dict[str, dict[str, Any]] = {"agent": {"agent": "ann"}, "supervisor": {"queues": ["sales"]}}
    raw = {"tokens": [token_entry(token, roles=[role], domains=["bank"], **extra.get(role, {}))]}
    guard = Guard(read_settings(raw))
    scope = METHODS[method].scopes.get(role)
    assert reason(guard, method, bearer(token), PEER) == ("admitted" if scope else "role_missing")
    if scope is None:
        return
    who = guard.admit(method, bearer(token), PEER)
    if scope in ("queues", "own"):
        guard.permit_call(
            who, "bank", method, queues=["sales"] * (scope == "queues"), agents=["ann"], lookup=Floor()
        )
    if role == "supervisor" and scope == "queues":
        cases: list[dict[str, Any]] = [
            {},
            {"queues": ["care"]},
            {"contacts": ["c-both"]},
            {"agents": ["bob"]},
        ]
        for named in cases:
            with pytest.raises(Denied, match="own queues"):
                guard.permit_call(who, "bank", method, **named, lookup=Floor())
    if scope == "own":
        cases = [{}, {"agents": ["bob"]}, {"contacts": ["c-both"]}]
        for named in cases:
            with pytest.raises(Denied, match="own agent"):
                guard.permit_call(who, "bank", method, **named, lookup=Floor())
    with pytest.raises(Denied, match="in this domain"):
        guard.permit_call(who, "other", method)


def test_what_has_no_row_is_refused() -> None:
    token = new_token()
    guard = Guard(read_settings({"tokens": [token_entry(token, roles=["administrator"], domains=["*"])]}))
    assert reason(guard, "/huntgroup.v1.EngineService/Shutdown", bearer(token), PEER) == "unknown_method"

    class Detonate(msgspec.Struct, frozen=True):
        agent: str = "ann"

    with pytest.raises(Denied, match="permits this command"):
        guard.permit(identity("administrator"), "bank", Detonate())
    assert not PUBLIC & set(METHODS)


# ------------------------------------------------------------------------------------------------ tokens


def test_tokens_come_in_until_they_expire() -> None:
    clock, token = Clock(), new_token()
    ends = datetime.datetime.fromtimestamp(clock.epoch_s + 60, datetime.UTC)
    raw = {"tokens": [token_entry(token, expires=ends)]}
    guard = Guard(read_settings(raw), clock_ns=clock, wall_s=clock.wall_s)
    who = guard.admit(APPLY, bearer(token), PEER)
    assert (who.name, who.key, who.domains, who.queues) == (
        "gateway",
        "token:gateway",
        frozenset({"bank"}),
        None,
    )
    clock.move(59)
    assert guard.renew(who, APPLY, bearer(token), PEER) == who
    clock.move(2)
    assert reason(guard, APPLY, bearer(token), PEER) == "expired_credentials"
    with pytest.raises(Denied, match="expired"):
        guard.renew(who, APPLY, bearer(token), PEER)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ([], "no_credentials"),
        ([("authorization", "Bearer")], "bad_credentials"),
        ([("authorization", "Bearer " + "x" * 100_000)], "bad_credentials"),
        ([("authorization", "Bearer hgt_" + "A" * 43)], "bad_credentials"),
        ([("authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")], "bad_credentials"),
        ([("authorization", b"Bearer x")], "bad_credentials"),
        ([("authorization", "Bearer \udcff\ud800")], "bad_credentials"),
        ([("authorization", "Bearer GOOD"), ("authorization", "Bearer GOOD")], "bad_credentials"),
        ([("authorization", "bearer GOOD")], "admitted"),
        ([("authorization", "Bearer GOOD ")], "bad_credentials"),
    ],
)
def test_what_is_no_token_of_ours(metadata: list[tuple[str, str | bytes]], expected: str) -> None:
    token = new_token()
    guard = Guard(read_settings({"tokens": [token_entry(token)]}))
    sent = [
        (name, value.replace("GOOD", token) if isinstance(value, str) else value) for name, value in metadata
    ]
    assert reason(guard, APPLY, sent, PEER) == expected


@pytest.mark.parametrize("weak", ["", "hunter2", "x" * 46])
def test_the_hash_of_something_short_opens_nothing(weak: str) -> None:
    """Somebody may put the SHA-256 of a password into the settings; of nothing at all, even."""
    hashed = f"sha256:{hashlib.sha256(weak.encode()).hexdigest()}"
    guard = Guard(read_settings({"tokens": [token_entry(new_token()) | {"hash": hashed}]}))
    assert reason(guard, APPLY, bearer(weak), PEER) == "bad_credentials"


def test_a_removed_token_is_revoked_at_once() -> None:
    first, second = new_token(), new_token()
    entries = [token_entry(first), token_entry(second, "other")]
    guard = Guard(read_settings({"tokens": entries}))
    who = guard.admit(APPLY, bearer(first), PEER)
    guard.reload(read_settings({"tokens": entries[1:]}))
    assert reason(guard, APPLY, bearer(first), PEER) == "bad_credentials"
    with pytest.raises(Denied):
        guard.renew(who, APPLY, bearer(first), PEER)
    guard.admit(APPLY, bearer(second), PEER)


def test_a_reload_never_opens_the_door() -> None:
    guard = Guard(read_settings({"insecure": True, "tokens": [token_entry(new_token())]}))
    with pytest.raises(ConfigError, match="restart"):
        guard.reload(read_settings({"insecure": True}))
    assert reason(guard, APPLY, [], PEER) == "no_credentials"


def test_nothing_kept_can_be_used_to_come_in() -> None:
    token, jwt_key = new_token(), ec.generate_private_key(ec.SECP256R1())
    guard = Guard(read_settings({"tokens": [token_entry(token)]}))
    guard.admit(APPLY, bearer(token), PEER)
    kept = repr([vars(guard), vars(guard._credentials), guard.settings])
    assert token not in kept
    assert token[4:20] not in kept
    assert private_pem(jwt_key).decode() not in kept


# -------------------------------------------------------------------------------------------------- JWTs


def jwt_guard(directory: Path, key: Any, clock: Clock | None = None, **more: Any) -> Guard:
    clock = clock or Clock()
    (directory / "key.pem").write_bytes(public_pem(key))
    raw = {"keys": ["key.pem"], "algorithms": ["ES256"], "issuer": ISSUER, "audience": AUDIENCE} | more
    return Guard(read_settings({"jwt": raw}, directory), clock_ns=clock, wall_s=clock.wall_s)


@pytest.fixture(scope="module")
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def test_claims_become_an_identity(tmp_path: Path, ec_key: Any) -> None:
    guard = jwt_guard(
        tmp_path,
        ec_key,
        claims={"roles": "realm_access.roles", "agent": "https://example.org/agent"},
        roles={"cc-agents": "agent", "cc-leads": "supervisor"},
    )
    agent: dict[str, Any] = {"https://example.org/agent": "ann"}
    token = signed(
        ec_key,
        realm_access={"roles": ["cc-agents", "cc-leads", "administrator", "offline_access"]},
        domains="bank shop",
        queues=["sales"],
        **agent,
    )
    who = guard.admit(APPLY, bearer(token), PEER)
    assert who.roles == {"agent", "supervisor"}  # what the issuer's names do not map to is nothing
    assert (who.domains, who.queues, who.agent) == (frozenset({"bank", "shop"}), frozenset({"sales"}), "ann")
    assert not who.unlimited


BAD_CLAIMS: list[tuple[dict[str, Any], str]] = [
    ({"exp": None}, "bad_credentials"),
    ({"exp": 0}, "expired_credentials"),
    ({"exp": float("nan")}, "bad_credentials"),
    ({"exp": float("inf")}, "bad_credentials"),
    ({"exp": True}, "bad_credentials"),
    ({"exp": "tomorrow"}, "bad_credentials"),
    ({"nbf": 99_999_999_999}, "bad_credentials"),
    ({"iat": 99_999_999_999}, "bad_credentials"),
    ({"aud": "another"}, "bad_credentials"),
    ({"aud": None}, "bad_credentials"),
    ({"iss": "https://evil.example"}, "bad_credentials"),
    ({"iss": None}, "bad_credentials"),
    ({"sub": None}, "bad_credentials"),
    ({"sub": ""}, "bad_credentials"),
    ({"sub": "x" * 201}, "bad_credentials"),
    ({"roles": None}, "role_missing"),
    ({"roles": {"administrator": True}}, "role_missing"),
    ({"roles": "read_only"}, "admitted"),
    ({"aud": ["another", AUDIENCE]}, "admitted"),
]


@pytest.mark.parametrize(("claims", "expected"), BAD_CLAIMS, ids=str)
def test_claims_are_checked(tmp_path: Path, ec_key: Any, claims: dict[str, Any], expected: str) -> None:
    assert reason(jwt_guard(tmp_path, ec_key), STATUS, bearer(signed(ec_key, **claims)), PEER) == expected


def test_only_the_right_key_and_algorithm_sign(tmp_path: Path, ec_key: Any) -> None:
    guard = jwt_guard(tmp_path, ec_key, algorithms=["ES256", "RS256", "EdDSA"])
    other = ec.generate_private_key(ec.SECP256R1())
    good = signed(ec_key)
    head, body, signature = good.split(".")
    # The public key as the secret of an HMAC, which PyJWT refuses to make.
    forged = _hmac(public_pem(ec_key), body)
    for token in (
        unsigned(),
        signed(other),
        forged,
        signed(ed25519.Ed25519PrivateKey.generate(), "EdDSA"),
        f"{head}.{body}.",
        f"{head}.{body}",
        f"{head}.{signed(ec_key, roles=['administrator']).split('.')[1]}.{signature}",
        f"{head}.{body}.{signature}.{signature}",
        "..",
        "a.b.c",
        "eyJ" + "W" * 20_000,
    ):
        assert reason(guard, STATUS, bearer(token), PEER) == "bad_credentials"
    assert reason(guard, STATUS, bearer(good), PEER) == "admitted"
    assert (
        reason(guard, STATUS, bearer(signed(ec_key, headers={"crit": ["x"], "x": 1})), PEER)
        == "bad_credentials"
    )


def _hmac(secret: bytes, body: str) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=").decode()
    mac = hmac.new(secret, f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def test_a_verified_jwt_still_expires(tmp_path: Path, ec_key: Any) -> None:
    clock = Clock()
    guard = jwt_guard(tmp_path, ec_key, clock, leeway="10s")
    token = signed(ec_key, exp=clock.epoch_s + 100)
    assert [reason(guard, STATUS, bearer(token), PEER) for _ in range(2)] == ["admitted"] * 2
    clock.move(109)
    assert reason(guard, STATUS, bearer(token), PEER) == "admitted"
    clock.move(2)
    assert reason(guard, STATUS, bearer(token), PEER) == "expired_credentials"


def test_keys_are_read_again(tmp_path: Path, ec_key: Any, caplog: pytest.LogCaptureFixture) -> None:
    clock, later = Clock(), ec.generate_private_key(ec.SECP256R1())
    guard = jwt_guard(tmp_path, ec_key, clock)
    old, new = signed(ec_key), signed(later)
    assert reason(guard, STATUS, bearer(old), PEER) == "admitted"
    (tmp_path / "key.pem").write_bytes(b"half a file")
    clock.move(11)
    with caplog.at_level(logging.ERROR, "huntgroup.guard"):
        assert reason(guard, STATUS, bearer(old), PEER) == "admitted"  # a bad file changes nothing
    assert "the old keys of [guard.jwt] stay: guard.jwt.keys[0]" in caplog.text
    with pytest.raises(ConfigError, match="no public key"):
        guard.reload()
    (tmp_path / "key.pem").write_bytes(public_pem(later))
    clock.move(11)
    assert reason(guard, STATUS, bearer(old), PEER) == "bad_credentials"  # although it was verified before
    assert reason(guard, STATUS, bearer(new), PEER) == "admitted"


def test_key_sets(tmp_path: Path) -> None:
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    entries = [
        json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key())) | {"kid": f"k{place}", "use": "sig"}
        for place, key in enumerate(keys[:2])
    ]
    (tmp_path / "set.json").write_text(json.dumps({"keys": entries}), encoding="utf-8")
    guard = jwt_guard(tmp_path, keys[0], keys=["set.json"])
    assert reason(guard, STATUS, bearer(signed(keys[1], headers={"kid": "k1"})), PEER) == "admitted"
    assert reason(guard, STATUS, bearer(signed(keys[1])), PEER) == "admitted"
    assert reason(guard, STATUS, bearer(signed(keys[1], headers={"kid": "k0"})), PEER) == "bad_credentials"
    assert reason(guard, STATUS, bearer(signed(keys[2], headers={"kid": "k2"})), PEER) == "bad_credentials"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (lambda: private_pem(ec.generate_private_key(ec.SECP256R1())), "private key"),
        (lambda: public_pem(rsa.generate_private_key(65537, 1024)), "1024 bits"),
        (lambda: public_pem(ec.generate_private_key(ec.SECP256K1())), "for none of ES256"),
        (lambda: b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "secret key"),
        (lambda: b'{"keys": []}', "no key for signatures"),
        (lambda: b'{"keys": [{"kty": "EC"}]}', "not understood"),
        (lambda: b"{", "no key set"),
        (lambda: b"", "no public key"),
    ],
)
def test_keys_that_are_none(tmp_path: Path, ec_key: Any, content: Any, problem: str) -> None:
    (tmp_path / "bad").write_bytes(content())
    with pytest.raises(ConfigError, match=problem) as caught:
        jwt_guard(tmp_path, ec_key, keys=["bad"])
    assert caught.value.path == "guard.jwt.keys[0]"


# ------------------------------------------------------------------------------------------------ limits


def test_requests_are_limited_for_each_client() -> None:
    clock, tokens = Clock(), [new_token(), new_token()]
    entries = [token_entry(token, name) for token, name in zip(tokens, ("a", "b"), strict=True)]
    raw = {"tokens": entries, "limits": {"requests_per_second": 10, "request_burst": 5}}
    guard = Guard(read_settings(raw), clock_ns=clock, wall_s=clock.wall_s)
    answers = [reason(guard, APPLY, bearer(tokens[0]), f"ipv4:192.0.2.{n}:1") for n in range(7)]
    assert answers == ["admitted"] * 5 + ["too_many_requests"] * 2
    with pytest.raises(Denied) as caught:
        guard.admit(APPLY, bearer(tokens[0]), PEER)
    assert (caught.value.code, caught.value.retry_after_ns) == ("RESOURCE_EXHAUSTED", SECOND // 10)
    assert reason(guard, APPLY, bearer(tokens[1]), PEER) == "admitted"
    clock.move(0.1)
    assert reason(guard, APPLY, bearer(tokens[0]), PEER) == "admitted"


def test_commands_and_streams_are_limited() -> None:
    clock = Clock()
    raw = {"insecure": True, "limits": {"commands_per_second": 100, "streams": 2}}
    guard = Guard(read_settings(raw), clock_ns=clock)
    who = guard.admit(APPLY, (), PEER)
    guard.spend(who, 64, PEER)
    with pytest.raises(Denied) as caught:
        guard.spend(who, 64, PEER)
    assert caught.value.retry_after_ns == 280_000_000
    guard.spend(who, 64, "ipv4:192.0.2.8:1")  # another host
    clock.move(1)
    guard.spend(who, 500, PEER)  # more than the bucket holds: given from a full one, and paid back
    clock.move(4)
    with pytest.raises(Denied):
        guard.spend(who, 1, PEER)
    clock.move(0.01)
    guard.spend(who, 1, PEER)

    close = guard.open_stream(who, PEER)
    guard.open_stream(who, PEER)
    with pytest.raises(Denied, match="open streams"):
        guard.open_stream(who, PEER)
    close()
    guard.open_stream(who, PEER)


def test_guessing_is_limited_for_each_host(caplog: pytest.LogCaptureFixture) -> None:
    clock, token = Clock(), new_token()
    raw = {"tokens": [token_entry(token)], "limits": {"failures_per_minute": 3}}
    guard = Guard(read_settings(raw), clock_ns=clock, wall_s=clock.wall_s)
    bad = bearer("hgt_marker")
    answers = [reason(guard, APPLY, bad, f"ipv4:192.0.2.7:{port}") for port in range(5)]
    assert answers == ["bad_credentials"] * 3 + ["too_many_failures"] * 2
    assert reason(guard, APPLY, bearer(token), PEER) == "admitted"  # a good one from the same host
    assert reason(guard, APPLY, bad, "ipv4:192.0.2.8:1") == "bad_credentials"
    assert len([line for line in caplog.messages if "192.0.2.7" in line]) == 3  # nor is the log flooded
    assert "marker" not in caplog.text
    clock.move(20)
    assert reason(guard, APPLY, bad, PEER) == "bad_credentials"


def test_whoever_shows_nothing_uses_up_no_guesses(tmp_path: Path, ec_key: Any) -> None:
    clock = Clock()
    (tmp_path / "key.pem").write_bytes(public_pem(ec_key))
    raw = {"keys": ["key.pem"], "algorithms": ["ES256"], "issuer": ISSUER, "audience": AUDIENCE}
    settings = read_settings({"jwt": raw, "limits": {"failures_per_minute": 3}}, tmp_path)
    guard = Guard(settings, clock_ns=clock, wall_s=clock.wall_s)
    assert {reason(guard, STATUS, [], PEER) for _ in range(100)} == {"no_credentials"}
    seen = signed(ec_key)
    assert reason(guard, STATUS, bearer(seen), PEER) == "admitted"
    for _ in range(3):
        assert reason(guard, STATUS, bearer(unsigned()), PEER) == "bad_credentials"
    assert reason(guard, STATUS, bearer(signed(ec_key, sub="new")), PEER) == "too_many_failures"
    assert reason(guard, STATUS, bearer(seen), PEER) == "admitted"


def test_a_flood_of_new_clients_takes_no_memory_and_harms_nobody() -> None:
    clock = Clock()
    buckets = Buckets(10, 10, 100, clock)
    assert [buckets.take("regular") for _ in range(10)] == [0] * 10
    refused = sum(buckets.take(f"new {n}") > 0 for n in range(100_000))
    assert len(buckets) <= 101
    assert refused == 100_000 - 99 - 10  # the newcomers without a place share one bucket
    assert buckets.take("regular") > 0  # not forgotten, so not given a new bucket
    clock.move(0.1)
    assert buckets.take("regular") == 0
    clock.move(10)
    assert sum(buckets.take(f"late {n}") > 0 for n in range(100)) == 0  # those of before have made room
    assert len(buckets) <= 101


def test_buckets_are_exact_among_threads() -> None:
    clock = Clock()
    buckets = Buckets(1, 500, 16, clock)
    taken: list[int] = []

    def work() -> None:
        taken.append(sum(buckets.take("x") == 0 for _ in range(500)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 500


def test_streams_are_forgotten_when_closed() -> None:
    streams = Streams(0)
    assert all(streams.open(f"{n}") for n in range(50))
    for n in range(50):
        streams.close(f"{n}")
    streams.close("never opened")
    assert len(streams) == 0


def test_size() -> None:
    guard = Guard(read_settings({"insecure": True, "wire": {"max_message_bytes": 1024}}))
    assert reason(guard, APPLY, (), PEER, size=1024) == "admitted"
    assert reason(guard, APPLY, (), PEER, size=1025) == "message_too_large"


def test_certificates_name_clients() -> None:
    tls = {"certificate": "c", "key": "k", "client_ca": "ca"}
    entries = [
        {"subject": "san:gw.example", "name": "gw", "roles": ["front_end"], "domains": ["*"]},
        {"subject": "cn:boss", "name": "boss", "roles": ["administrator"], "domains": ["*"]},
    ]
    guard = Guard(read_settings({"tls": tls, "certificates": entries}, check_files=False))

    def who(**context: list[bytes]) -> str:
        try:
            return guard.admit(APPLY, (), PEER, context).name
        except Denied as error:
            return error.reason

    assert who(x509_subject_alternative_name=[b"other", b"gw.example"]) == "gw"
    assert who(x509_common_name=[b"boss"]) == "boss"
    assert who(x509_common_name=[b"gw.example"]) == "no_credentials"  # a common name is no alternative name
    assert who(x509_subject_alternative_name=[b"boss"]) == "no_credentials"
    assert who(x509_common_name=[b"\xff"]) == "no_credentials"
    context = {"x509_common_name": [b"boss"]}
    assert (
        reason(guard, APPLY, bearer("bad"), PEER, context) == "bad_credentials"
    )  # a bad token is not forgiven


# ---------------------------------------------------------------------------------------------- settings

HASH = "sha256:" + "ab" * 32
SUPERVISOR = {"name": "s", "hash": HASH, "roles": ["supervisor"], "domains": ["*"]}
TLS = {"certificate": "c", "key": "k"}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        ({"tokens": [SUPERVISOR]}, r"guard.tokens\[0\].queues: is missing; name the queues"),
        ({"tokens": [SUPERVISOR | {"roles": []}]}, r"guard.tokens\[0\].roles: is empty"),
        (
            {"tokens": [SUPERVISOR | {"roles": ["root"]}]},
            r"guard.tokens\[0\].roles\[0\]: 'root' is not one of",
        ),
        ({"tokens": [SUPERVISOR | {"roles": ["agent"]}]}, r"guard.tokens\[0\].agent: is missing"),
        ({"tokens": [SUPERVISOR | {"queues": ["*"], "agent": "a"}]}, r"agent: 'a' has no effect"),
        (
            {"tokens": [SUPERVISOR | {"domains": []}]},
            r"domains: is empty; name the domains, or write \['\*'\]",
        ),
        ({"tokens": [SUPERVISOR | {"queues": ["*"]}] * 2}, r"guard.tokens\[1\].name: 's' stands twice"),
        ({"tokens": [{"name": "s"}]}, r"guard.tokens\[0\].hash: is missing"),
        ({"tokens": [SUPERVISOR | {"expires": "soon"}]}, r"guard.tokens\[0\].expires"),
        ({"tls": TLS}, "guard: nobody could come in"),
        ({"insecure": True, "tls": TLS}, "guard.insecure: is true although"),
        ({"tls": TLS | {"require_client_certificate": True}}, "add client_ca"),
        ({"tls": TLS | {"reload_interval": "1ms"}}, "reload_interval: 1ms is too short; write at least"),
        ({"tls": TLS | {"reload_interval": 5}}, "reload_interval"),
        (
            {"certificates": [{"subject": "cn:x", "name": "x", "roles": ["agent"], "domains": ["*"]}]},
            "client_ca",
        ),
        (
            {"jwt": {"keys": [], "algorithms": ["ES256"], "issuer": "i", "audience": "a"}},
            "jwt.keys: is empty",
        ),
        (
            {"jwt": {"keys": ["k"], "algorithms": ["HS256"], "issuer": "i", "audience": "a"}},
            "'HS256' is not one",
        ),
        (
            {"jwt": {"keys": ["k"], "algorithms": ["none"], "issuer": "i", "audience": "a"}},
            "'none' is not one",
        ),
        ({"jwt": {"keys": ["k"], "algorithms": ["ES256"], "issuer": "i"}}, "guard.jwt.audience: is missing"),
        ({"limits": {"stream": 1}}, "guard.limits.stream: unknown field; did you mean 'streams'?"),
        ({"limits": {"streams": -1}}, "guard.limits.streams: -1 is not in"),
        ([], "guard: a list stands here; it must be a table"),
    ],
)
def test_bad_settings_name_path_and_remedy(raw: Any, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        read_settings(raw, check_files=False)


def test_a_token_in_the_place_of_its_hash_is_not_repeated() -> None:
    token = new_token()
    with pytest.raises(ConfigError, match="never the token itself") as caught:
        read_settings({"tokens": [SUPERVISOR | {"hash": token}]})
    assert token[4:12] not in str(caught.value)


def test_files_are_looked_for(tmp_path: Path) -> None:
    token = {"name": "a", "hash": HASH, "roles": ["administrator"], "domains": ["*"]}
    with pytest.raises(ConfigError, match=r"guard.tls.certificate: the file .* cannot be read"):
        read_settings({"tls": TLS, "tokens": [token]}, tmp_path)


@pytest.mark.parametrize(
    "address", ["0.0.0.0:1", "[::]:1", ":1", "gateway.example:1", "192.0.2.7:1", "dns:///x:1"]
)
@pytest.mark.parametrize("insecure", [False, True])
def test_the_network_is_never_served_without_tls(address: str, insecure: bool) -> None:
    with pytest.raises(ConfigError, match=r"not a loopback address.*add \[guard.tls\]"):
        check_listening(GuardSettings(insecure=insecure), [address])


def test_loopback_without_tls_needs_the_flag() -> None:
    with pytest.raises(ConfigError, match="write 'insecure = true' if that is meant"):
        check_listening(GuardSettings(), ["127.0.0.1:1"])
    check_listening(GuardSettings(insecure=True), ["127.0.0.1:1", "[::1]:1", "unix:/x", "ipv6:[::1]:1"])


def test_nothing_comes_in_by_default() -> None:
    assert reason(Guard(GuardSettings()), APPLY, (), PEER) == "no_credentials"
    assert reason(Guard(GuardSettings()), "/grpc.health.v1.Health/Check", (), PEER) == "admitted"


def test_the_guard_reads_no_clock_but_its_own() -> None:
    source = python_inspect.getsource(Guard)
    assert source.count("time.") == 2  # the defaults


def test_the_example_of_the_documentation_is_good() -> None:
    page = (Path(__file__).parent.parent / "docs" / "security.md").read_text(encoding="utf-8")
    example = tomllib.loads(page.split("```toml\n")[1].split("```")[0])
    settings = read_settings(example["guard"], check_files=False)
    assert settings.tls is not None
    assert settings.jwt is not None
