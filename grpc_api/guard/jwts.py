"""JSON web tokens that somebody else signs: public keys from files, claims to identities.

Only algorithms with a public key are known, and each key takes only those that fit it, so that nobody can sign with
what everybody may read. Times are checked here rather than by the library, against the clock of the guard.

Owns the verification; must not know what an identity may do, nor how verified tokens are kept (``credentials``).
"""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from grpc_api.guard.identity import Denied, Identity, denied
from grpc_api.guard.settings import ALL, Jwt
from routing.errors import ConfigError
from routing.units import SECOND

PublicKey = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey

_LONGEST: Final = 8192  # characters of a token
_KEYS_TRIED: Final = 8  # of those that fit, where a token does not name its key
_NAME_MAX: Final = 200
_RSA_BITS_MIN: Final = 2048
_CURVES: Final = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_RSA: Final = frozenset(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"))
_BAD: Final = "the token is not accepted; ask for a new one"


class Key(NamedTuple):
    """A public key, its name in the key set ("": none) and the algorithms that it is good for."""

    key: PublicKey
    name: str
    algorithms: frozenset[str]


class Verifier:
    """Checks tokens against the settings and the keys of one moment.

    Raises
    ------
    ConfigError
        If a key file cannot be used.
    """

    def __init__(self, settings: Jwt, path: str, wall_s: Callable[[], float]) -> None:
        self._settings = settings
        self._wall_s = wall_s
        self._leeway_s = settings.leeway_ns / SECOND
        self._keys = [
            key
            for place, file in enumerate(settings.keys)
            for key in read_keys(file, f"{path}.keys[{place}]", frozenset(settings.algorithms))
        ]

    def verify(self, token: str) -> Identity:
        """Return whom the token names. Raises `Denied` with a message that says nothing of the token."""
        if len(token) > _LONGEST:
            raise denied("bad_credentials", _BAD)
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            raise denied("bad_credentials", _BAD) from None
        for key in self._fitting(header):
            claims = self._claims(token, key)
            if claims is not None:
                return self._identity(claims)
        raise denied("bad_credentials", _BAD)

    def _fitting(self, header: Mapping[str, object]) -> list[Key]:
        algorithm, name = header.get("alg"), header.get("kid")
        if algorithm not in self._settings.algorithms:
            return []
        keys = [key for key in self._keys if algorithm in key.algorithms]
        named = [key for key in keys if key.name and key.name == name]
        return named or [key for key in keys if not key.name or name is None][:_KEYS_TRIED]

    def _claims(self, token: str, key: Key) -> dict[str, object] | None:
        try:
            claims: dict[str, object] = jwt.decode(
                token,
                key.key,
                algorithms=sorted(key.algorithms),
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                options={
                    "require": ["exp", "iss", "aud"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None
        return claims

    def _identity(self, claims: Mapping[str, object]) -> Identity:
        expires_s = self._check_times(claims)
        spelled = self._settings.claims
        name = _claim(claims, spelled.name)
        if not isinstance(name, str) or not 0 < len(name) <= _NAME_MAX:
            raise denied("bad_credentials", _BAD)
        agent = _claim(claims, spelled.agent)
        given = _words(_claim(claims, spelled.roles)) or frozenset()
        known: Mapping[str, str] = self._settings.roles
        roles = frozenset(known[role] for role in given if role in known) if known else given
        return make_identity(
            kind="jwt",
            name=name,
            roles=roles,
            domains=_words(_claim(claims, spelled.domains)) or frozenset(),
            queues=_words(_claim(claims, spelled.queues)),
            groups=_words(_claim(claims, spelled.groups)) or frozenset(),
            agent=agent if isinstance(agent, str) else "",
            expires_s=expires_s,
        )

    def _check_times(self, claims: Mapping[str, object]) -> float:
        now_s = self._wall_s()
        expires_s = _time(claims["exp"]) + self._leeway_s
        if expires_s <= now_s:
            raise expired()
        for name in ("nbf", "iat"):
            if name in claims and _time(claims[name]) > now_s + self._leeway_s:
                raise denied("bad_credentials", "the token is not valid yet; check the clocks")
        return expires_s


def expired() -> Denied:
    """What is said to somebody whose credential was good once."""
    return denied("expired_credentials", "the credential has expired; ask for a new one")


def make_identity(
    *,
    kind: str,
    name: str,
    roles: frozenset[str],
    domains: frozenset[str],
    queues: frozenset[str] | None,
    agent: str,
    expires_s: float = math.inf,
    groups: frozenset[str] = frozenset(),
) -> Identity:
    """Make an identity; "*" stands for all. Whoever names no queues has all of them, but a supervisor has none."""
    if queues is None and "supervisor" in roles:
        queues = frozenset()
    everywhere = ALL in domains
    all_queues = queues is None or ALL in queues
    return Identity(
        name,
        roles,
        domains=None if everywhere else domains,
        queues=None if all_queues else queues,
        agent=agent if "agent" in roles else "",
        key=f"{kind}:{name}",
        expires_s=expires_s,
        unlimited=everywhere and all_queues and "administrator" in roles,
        groups=groups,
    )


def _claim(claims: Mapping[str, object], path: str) -> object:
    if path in claims:  # a name with dots in it, as in "https://example.org/roles"
        return claims[path]
    found: object = claims
    for part in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(part)
    return found


def _words(value: object) -> frozenset[str] | None:
    """Read a list of texts, or one text of words, as scopes are; None for what is neither."""
    if isinstance(value, str):
        return frozenset(value.split())
    if isinstance(value, list):
        return frozenset(word for word in value if isinstance(word, str))
    return None


def _time(value: object) -> float:
    """Read a time, seconds since 1970. NaN would be neither before nor after anything."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e12:
        raise denied("bad_credentials", _BAD)
    return float(value)


# --- Keys


def read_keys(file: str, path: str, allowed: frozenset[str]) -> list[Key]:
    """Read the public keys of a file: one in PEM (or a certificate), or a key set in JSON.

    Raises
    ------
    ConfigError
        If it cannot be read, or holds what is no public key for one of the allowed algorithms.
    """
    try:
        raw = Path(file).read_bytes()
    except OSError as error:
        raise ConfigError(
            path, f"the file {file!r} cannot be read ({error.strerror}); correct the path"
        ) from None
    if raw.lstrip().startswith(b"{"):
        return _read_set(raw, file, path, allowed)
    if b"PRIVATE KEY" in raw:
        raise ConfigError(path, f"the file {file!r} has a private key; take the public key out of it")
    try:
        if b"BEGIN CERTIFICATE" in raw:
            key: object = load_pem_x509_certificate(raw).public_key()
        else:
            key = load_pem_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigError(path, f"the file {file!r} has no public key in PEM or JWKS; correct it") from None
    return [_checked(key, "", path, file, allowed)]


def _read_set(raw: bytes, file: str, path: str, allowed: frozenset[str]) -> list[Key]:
    try:
        entries = msgspec.convert(msgspec.json.decode(raw), dict[str, list[dict[str, object]]])["keys"]
    except (msgspec.MsgspecError, KeyError):
        raise ConfigError(
            path, f"the file {file!r} is no key set; it must be {{'keys': [...]}} in JSON"
        ) from None
    keys: list[Key] = []
    for entry in entries:
        if entry.get("use", "sig") != "sig":
            continue
        if entry.get("kty") == "oct" or "d" in entry:
            raise ConfigError(
                path, f"the file {file!r} has a secret key; leave only public ones, and change it"
            )
        try:
            key: object = jwt.PyJWK.from_dict(entry).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            raise ConfigError(
                path, f"the file {file!r} has a key that is not understood; remove it"
            ) from None
        name = entry.get("kid", "")
        keys.append(_checked(key, name if isinstance(name, str) else "", path, file, allowed))
    if not keys:
        raise ConfigError(path, f"the file {file!r} has no key for signatures; add one")
    return keys


def _checked(key: object, name: str, path: str, file: str, allowed: frozenset[str]) -> Key:
    good: frozenset[str] = frozenset()
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size < _RSA_BITS_MIN:
            raise ConfigError(
                path, f"the file {file!r} has an RSA key of {key.key_size} bits; use {_RSA_BITS_MIN} or more"
            )
        good = _RSA
    elif isinstance(key, ec.EllipticCurvePublicKey):
        good = frozenset((_CURVES.get(key.curve.name, ""),))
    elif isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
        good = frozenset(("EdDSA",))
    if (
        not isinstance(
            key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey, ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)
        )
        or not good & allowed
    ):
        raise ConfigError(
            path, f"the file {file!r} has a key for none of {', '.join(sorted(allowed))}; add its algorithm"
        )
    return Key(key, name, good & allowed)
