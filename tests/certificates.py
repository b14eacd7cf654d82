"""Certificates, keys and tokens of test fixtures, made on the spot.

Owns their making; must not know what they are tried on.
"""

import base64
import datetime
import ipaddress
import json
import socket
import ssl
from pathlib import Path
from typing import Any, NamedTuple

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)
ISSUER = "https://issuer.example"
AUDIENCE = "huntgroup"


class Pair(NamedTuple):
    """A private key and the certificate of its public one."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        return private_pem(self.key)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


def private_pem(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def public_pem(key: Any) -> bytes:
    return bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def authority(name: str) -> Pair:
    return _certify(name, None, None, ca=True)


def certified(name: str, by: Pair, san: tuple[str, ...] = (), days: int = 30) -> Pair:
    return _certify(name, by, san, ca=False, days=days)


def _certify(name: str, by: Pair | None, san: tuple[str, ...] | None, *, ca: bool, days: int = 30) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 60 * DAY)
        .not_valid_after(now + days * DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    names: list[x509.GeneralName] = [x509.DNSName(entry) for entry in san or ()]
    if not ca:
        names += [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return Pair(key, builder.sign(by.key if by else key, hashes.SHA256()))


def write(directory: Path, name: str, pair: Pair) -> tuple[str, str]:
    """Write the certificate and the key; return their paths."""
    certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
    for path, content in ((certificate, pair.pem), (key, pair.key_pem)):
        fresh = path.with_suffix(path.suffix + ".new")
        fresh.write_bytes(content)
        fresh.replace(path)
    return str(certificate), str(key)


def signed(key: Any, algorithm: str = "ES256", headers: dict[str, Any] | None = None, **claims: Any) -> str:
    """Make a JWT that a guard with `ISSUER` and `AUDIENCE` accepts, but for what `claims` change (None: leave out)."""
    now = datetime.datetime.now(datetime.UTC).timestamp()
    whole = {
        "sub": "ann",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": now + 600,
        "roles": ["read_only"],
        "domains": ["*"],
    }
    whole |= claims
    return jwt.encode(
        {name: value for name, value in whole.items() if value is not None}, key, algorithm, headers=headers
    )


def unsigned(**claims: Any) -> str:
    """Make a JWT with the algorithm "none"."""
    now = datetime.datetime.now(datetime.UTC).timestamp()
    whole = {
        "sub": "ann",
        "iss": ISSUER,
        "aud": AUDIENCE,
        "exp": now + 600,
        "roles": ["administrator"],
    } | claims
    return ".".join((_part({"alg": "none", "typ": "JWT"}), _part(whole), ""))


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def served_certificate(port: int) -> bytes:
    """Give the certificate that a server shows, as DER."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection(("127.0.0.1", port), 60) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as secure,
    ):
        return secure.getpeercert(True) or b""
