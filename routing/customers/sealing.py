"""Sealing: what identifies people, so that only who has the key reads it, and nobody changes it unseen.

AES-256 in Galois/counter mode (NIST SP 800-38D) with a random nonce of 96 bits for each value. What a value belongs to
(tenant, customer, column) is authenticated with it, so that no sealed value can be put in the place of another. Values
are padded to a multiple of 32 bytes (ISO/IEC 7816-4: a byte 0x80, then zeros), so that the length tells little.

Owns keys in the memory and what is done with them; must not know a database.
"""

import hmac
import os
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from routing.errors import DataError

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_BLOCK: Final = 32
_MARK: Final = b"\x80"


class Key:
    """A secret key; its ``repr`` does not show it.

    Parameters
    ----------
    raw : bytes
        32 bytes.

    Examples
    --------
    >>> key = Key.fresh()
    >>> sealed = key.seal(b"Ann", "default", "c1", "attributes")
    >>> b"Ann" in sealed, key.open(sealed, "default", "c1", "attributes")
    (False, b'Ann')
    >>> key.open(sealed, "default", "c2", "attributes")
    Traceback (most recent call last):
        ...
    routing.errors.DataError: attributes of c2 cannot be read with its key: it was changed, or sealed by another; ...
    """

    __slots__ = ("_aead", "raw")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise DataError(f"a key has {KEY_BYTES} bytes, not {len(raw)}; make one by `customer new-key`")
        self.raw = raw
        self._aead = AESGCM(raw)

    def __repr__(self) -> str:
        return "Key(***)"

    @classmethod
    def fresh(cls) -> "Key":
        """Make one at random."""
        return cls(os.urandom(KEY_BYTES))

    def seal(self, value: bytes, domain: str, customer: str, what: str) -> bytes:
        """Seal a value for one place. O(bytes); about 2 us."""
        nonce = os.urandom(_NONCE_BYTES)
        whole = value + _MARK + bytes(-(len(value) + 1) % _BLOCK)
        return nonce + self._aead.encrypt(nonce, whole, _place(domain, customer, what))

    def open(self, sealed: bytes, domain: str, customer: str, what: str) -> bytes:
        """Read a value of this place.

        Raises
        ------
        DataError
            If it was changed, belongs elsewhere, or was sealed by another key.
        """
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            whole = self._aead.decrypt(nonce, body, _place(domain, customer, what))
        except (InvalidTag, ValueError):
            raise DataError(
                f"{what} of {customer or domain} cannot be read with its key: it was changed, or sealed by another; "
                "restore it from a backup"
            ) from None
        return whole.rstrip(b"\0")[:-1]


def blind(index_key: Key, kind: str, value: str) -> bytes:
    """Hash what somebody is found by with the key of the index (HMAC-SHA-256, RFC 2104).

    Equal values give equal hashes, so that they are found; who has not the key cannot try all numbers there are.

    >>> key = Key(bytes(32))
    >>> blind(key, "number", "+442079460018") == blind(key, "number", "+442079460018")
    True
    """
    return hmac.new(index_key.raw, _place(kind, value, ""), sha256).digest()


def _place(*parts: str) -> bytes:
    """Write parts so that no two lists of them are alike."""
    return b"".join(len(one).to_bytes(4, "big") + one for one in (part.encode() for part in parts))
