"""The section ``[guard]``, read and checked: what its values must be to each other.

Owns these rules; must not know what the settings are used for.
"""

import socket
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
from msgspec import inspect

from grpc_api.guard.peers import is_loopback
from grpc_api.guard.settings import Certificate, GuardSettings, Jwt, Tls, Token
from grpc_api.guard.tokens import digest_of_hash
from routing.config.faults import field_path, find_faults
from routing.config.shape import is_duration
from routing.durations import parse_duration
from routing.errors import ConfigError
from routing.words import quoted


def read_settings(
    raw: object, directory: str | Path = "", path: str = "guard", *, check_files: bool = True
) -> GuardSettings:
    """Check plain data, spelled as in a file: durations are texts with units.

    Parameters
    ----------
    raw : object
        The section, as TOML or JSON gives it.
    directory : str or path, default the current one
        Where files are that are named without one: the directory of the settings.
    path : str, default "guard"
        Where the section stands.
    check_files : bool, default True
        Whether the files that are named must be there.

    Raises
    ------
    ConfigError
        With the path of the value; the message never repeats a hash, nor what stands in its place.

    Examples
    --------
    >>> read_settings({"insecure": True, "limits": {"streams": 10}}).limits.streams
    10
    >>> read_settings({"jwt": {"algorithms": ["none"]}})
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: guard.jwt.algorithms[0]: 'none' is not one of 'ES256', 'ES384', 'ES512', 'EdDSA', \
'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'
    """
    kind = inspect.type_info(GuardSettings)
    counted = _to_ns(raw, kind, path)
    try:
        settings = msgspec.convert(counted, GuardSettings)
    except msgspec.ValidationError as error:
        for fault in find_faults(counted, kind, path, built=False):
            raise fault.error() from None
        problem, _, where = str(error).rpartition(" - at `$")
        raise ConfigError(path + where.rstrip("`"), f"{problem or error}; correct it") from None
    settings = _with_directory(settings, Path(directory))
    _check(settings, path, check_files)
    return settings


def check_listening(settings: GuardSettings, addresses: Iterable[str], path: str = "guard") -> None:
    """Refuse to listen where anybody could listen along.

    Parameters
    ----------
    addresses : iterable of str
        Where the server will listen, as ``127.0.0.1:50051`` or ``unix:/run/huntgroup.sock``.

    Raises
    ------
    ConfigError
        If there is no TLS, and an address is not of this machine alone or nobody has said that this is meant.

    Examples
    --------
    >>> check_listening(GuardSettings(insecure=True), ["127.0.0.1:50051"])
    >>> check_listening(GuardSettings(insecure=True), ["0.0.0.0:50051"])
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: guard.insecure: '0.0.0.0:50051' is not a loopback address, and without TLS the network \
could read and change what is sent; add [guard.tls], or listen at 127.0.0.1
    """
    if settings.tls is not None:
        return
    for address in addresses:
        if not is_loopback(address):
            raise ConfigError(
                field_path(path, "insecure") if settings.insecure else field_path(path, "tls"),
                f"{quoted(address)} is not a loopback address, and without TLS the network could read and change "
                "what is sent; add [guard.tls], or listen at 127.0.0.1",
            )
        if not settings.insecure:
            raise ConfigError(
                field_path(path, "tls"),
                f"is missing, so that {quoted(address)} would be open to every program of this machine; "
                "add [guard.tls], or write 'insecure = true' if that is meant",
            )


def _to_ns(raw: object, kind: inspect.Type, path: str) -> object:
    """Copy the data with each duration as an integer. Whatever has the wrong type is left for msgspec."""
    if is_duration(kind) and isinstance(raw, str):
        return parse_duration(raw, path)
    match kind:
        case inspect.StructType() if isinstance(raw, dict):
            inner = {field.encode_name: field.type for field in kind.fields}
            return {
                name: _to_ns(value, inner[name], field_path(path, name)) if name in inner else value
                for name, value in raw.items()
            }
        case inspect.UnionType(types=types):
            structs = [member for member in types if isinstance(member, inspect.StructType)]
            return _to_ns(raw, structs[0], path) if structs else raw
        case _:
            return raw


def _with_directory(settings: GuardSettings, directory: Path) -> GuardSettings:
    tls, jwt = settings.tls, settings.jwt
    if tls is not None:
        tls = msgspec.structs.replace(
            tls,
            certificate=str(directory / tls.certificate),
            key=str(directory / tls.key),
            client_ca=tls.client_ca and str(directory / tls.client_ca),
        )
    if jwt is not None:
        jwt = msgspec.structs.replace(jwt, keys=tuple(str(directory / key) for key in jwt.keys))
    return msgspec.structs.replace(settings, tls=tls, jwt=jwt)


def _check(settings: GuardSettings, path: str, check_files: bool) -> None:
    if settings.insecure and settings.tls is not None:
        raise ConfigError(
            field_path(path, "insecure"), "is true although there is [guard.tls]; remove one of the two"
        )
    if settings.tls is not None:
        _check_tls(settings.tls, field_path(path, "tls"), check_files)
        if not (settings.tokens or settings.certificates or settings.jwt):
            raise ConfigError(path, "nobody could come in; add [[guard.tokens]], certificates or [guard.jwt]")
    _check_tokens(settings.tokens, field_path(path, "tokens"))
    _check_certificates(settings, field_path(path, "certificates"))
    if settings.jwt is not None:
        _check_jwt(settings.jwt, field_path(path, "jwt"), check_files)


def _check_tls(tls: Tls, path: str, check_files: bool) -> None:
    if tls.require_client_certificate and not tls.client_ca:
        raise ConfigError(
            field_path(path, "require_client_certificate"),
            "is true, but nobody is named who may sign them; add client_ca",
        )
    if check_files:
        for name, file in (("certificate", tls.certificate), ("key", tls.key), ("client_ca", tls.client_ca)):
            if file:
                _check_file(file, field_path(path, name))


def _check_jwt(jwt: Jwt, path: str, check_files: bool) -> None:
    for name, values in (("keys", jwt.keys), ("algorithms", jwt.algorithms)):
        if not values:
            raise ConfigError(field_path(path, name), "is empty, so that no token could be verified; add one")
    if check_files:
        for place, file in enumerate(jwt.keys):
            _check_file(file, f"{path}.keys[{place}]")


def _check_tokens(tokens: tuple[Token, ...], path: str) -> None:
    for place, token in enumerate(tokens):
        here = f"{path}[{place}]"
        if digest_of_hash(token.hash) is None:
            raise ConfigError(
                field_path(here, "hash"),
                f"has {len(token.hash)} characters; it must be 'sha256:' and 64 hexadecimal digits, "
                "so use what 'huntgroup token new' or 'huntgroup token hash' prints, never the token itself",
            )
        _check_holder(_Holder.of(token), here)
    _check_unique([token.name for token in tokens], path, "name")
    if len({token.hash for token in tokens}) < len(tokens):
        raise ConfigError(path, "two have the same hash; give each its own token")


def _check_certificates(settings: GuardSettings, path: str) -> None:
    if settings.certificates and (settings.tls is None or not settings.tls.client_ca):
        raise ConfigError(path, "nobody is named who may sign them; add client_ca to [guard.tls]")
    for place, entry in enumerate(settings.certificates):
        here = f"{path}[{place}]"
        if not entry.subject.startswith(_SUBJECTS) or entry.subject in _SUBJECTS:
            raise ConfigError(
                field_path(here, "subject"),
                f"{quoted(entry.subject)} does not say which name is meant; write 'san:NAME' or 'cn:NAME'",
            )
        _check_holder(_Holder.of(entry), here)
    _check_unique([entry.subject for entry in settings.certificates], path, "subject")


_SUBJECTS: Final = ("san:", "cn:")


@dataclass
class _Holder:
    """What tokens and certificates have in common."""

    fields: Mapping[str, tuple[str, ...] | None]
    agent: str

    @classmethod
    def of(cls, entry: Token | Certificate) -> "_Holder":
        fields = {"roles": entry.roles, "domains": entry.domains, "queues": entry.queues}
        return cls({**fields, "groups": entry.groups}, entry.agent)


def _check_holder(holder: _Holder, path: str) -> None:
    roles = holder.fields["roles"] or ()
    if not roles:
        raise ConfigError(
            field_path(path, "roles"), "is empty, so that nothing would be permitted; name a role"
        )
    if not holder.fields["domains"]:
        raise ConfigError(
            field_path(path, "domains"), "is empty; name the domains, or write ['*'] for all of them"
        )
    if "supervisor" in roles and holder.fields["queues"] is None and not holder.fields["groups"]:
        raise ConfigError(
            field_path(path, "queues"),
            "is missing; name the queues that the supervisor answers for, or write ['*'] for all of them",
        )
    if "agent" in roles and not holder.agent:
        raise ConfigError(field_path(path, "agent"), "is missing; say for which agent this is")
    if "agent" not in roles and holder.agent:
        raise ConfigError(
            field_path(path, "agent"),
            f"{quoted(holder.agent)} has no effect without the role 'agent'; remove it",
        )


def _check_unique(names: list[str], path: str, field: str) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            place = names.index(name, names.index(name) + 1)
            raise ConfigError(
                f"{path}[{place}].{field}", f"{quoted(name)} stands twice; give each its own {field}"
            )


def _check_file(file: str, path: str) -> None:
    try:
        with Path(file).open("rb"):
            pass
    except OSError as error:
        raise ConfigError(
            path, f"the file {file!r} cannot be read ({error.strerror}); correct the path"
        ) from None


def hindrance(listen: str) -> str:
    """Find out why gRPC cannot listen there, which it does not say."""
    host, _, port = listen.rpartition(":")
    try:
        for family, kind, _, _, place in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind) as probe:
                probe.bind(place)
    except OSError as error:
        return error.strerror or str(error)
    return "gRPC cannot bind it"
