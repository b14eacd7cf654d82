"""Static tokens: how they look, how they are made, and what is kept of them.

A token is ``hgt_`` and 256 random bits. What is kept is its SHA-256, and nothing slower: a slow hash (scrypt,
argon2) makes guessing dear where there is something to guess, as in a password that a person thought of. Nobody
guesses 256 random bits, not at any speed; and a slow hash at this door would let every stranger buy our time with a
wrong token. So the strength must be in the token, and a shorter one is refused.

Owns the spelling of tokens and their hashes; must not know whose they are (``credentials``).
"""

import re
import secrets
from hashlib import sha256
from typing import Final

from routing.errors import DataError

PREFIX: Final = "hgt_"
_BITS: Final = 256
_LENGTH: Final = 47
_TOKEN: Final = re.compile(r"hgt_[A-Za-z0-9_-]{43}")
_HASH: Final = re.compile(r"sha256:[0-9a-f]{64}")
_DISTINCT_MIN: Final = 16  # of 43 random characters, fewer are distinct less than once in 10**9 tokens
_RULE: Final = f"a token is {PREFIX!r} and 43 characters that stand for {_BITS} random bits"


def new_token() -> str:
    """Make a token of the operating system's randomness.

    >>> token = new_token()
    >>> token[:4], len(token), token != new_token()
    ('hgt_', 47, True)
    """
    return PREFIX + secrets.token_urlsafe(_BITS // 8)


def is_static(token: str) -> bool:
    """Tell whether this has the length of a token of ours: a hash of anything shorter in the settings opens nothing.

    >>> is_static(new_token()), is_static(""), is_static("hunter2")
    (True, False, False)
    """
    return len(token) == _LENGTH and token.startswith(PREFIX)


def digest_of(token: str) -> bytes:
    """What is kept of a token, as bytes."""
    return sha256(token.encode("utf-8", "surrogatepass")).digest()


def hash_token(token: str) -> str:
    """What is kept of a token, as settings spell it.

    Raises
    ------
    DataError
        If it is not a token that ``huntgroup token new`` makes. The message does not repeat it.

    Examples
    --------
    >>> hash_token("swordfish")
    Traceback (most recent call last):
        ...
    routing.errors.DataError: the token has 9 characters; a token is 'hgt_' and 43 characters that stand for 256 \
random bits; make one with 'huntgroup token new'
    """
    if not _TOKEN.fullmatch(token):
        raise DataError(
            f"the token has {len(token)} characters; {_RULE}; make one with 'huntgroup token new'"
        )
    if len(set(token)) < _DISTINCT_MIN:
        raise DataError(f"the token is not random; {_RULE}; make one with 'huntgroup token new'")
    return f"sha256:{digest_of(token).hex()}"


def digest_of_hash(text: str) -> bytes | None:
    """Read a hash as settings spell it; None for what is none.

    >>> digest_of_hash("sha256:" + "00" * 32) == bytes(32), digest_of_hash("hunter2")
    (True, None)
    """
    return bytes.fromhex(text[7:]) if _HASH.fullmatch(text) else None
