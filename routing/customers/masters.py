"""Master keys: given by a file or the environment, never stored; they wrap the keys of customers.

A file has one key a line, in base64; the first is the present one, the others still open what they wrapped once, until
the keys are rotated. Empty lines and lines that begin with ``#`` say nothing.

Owns how master keys are written and named; must not know what is wrapped where.
"""

import binascii
import os
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from routing.customers.sealing import KEY_BYTES, Key
from routing.errors import DataError, UsageError

#: The keys themselves, apart by blanks or commas.
KEYS_VARIABLE: Final = "HUNTGROUP_CUSTOMER_KEYS"
#: The file with the keys.
FILE_VARIABLE: Final = "HUNTGROUP_CUSTOMER_KEY_FILE"

_HOW: Final = "make one by `huntgroup customer new-key FILE`"


class MasterKeys:
    """Some master keys, the present one first.

    Parameters
    ----------
    keys : sequence of Key
        At least one.

    Attributes
    ----------
    current : str
        Name of the present key: 16 hexadecimal digits that tell nothing about it.

    Examples
    --------
    >>> old, new = Key.fresh(), Key.fresh()
    >>> masters = MasterKeys([new, old])
    >>> name, wrapped = MasterKeys([old]).wrap(Key(bytes(32)), "default", "c1")
    >>> masters.unwrap(name, wrapped, "default", "c1").raw == bytes(32), name == masters.current
    (True, False)
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        if not keys:
            raise UsageError(f"there is no master key; {_HOW}")
        self._keys = {_name(key): key for key in keys}
        self.current = _name(keys[0])

    def __repr__(self) -> str:
        return f"MasterKeys({', '.join(self._keys)})"

    @classmethod
    def parse(cls, text: str, source: str = "the master keys") -> "MasterKeys":
        """Read keys as they are written in a file or a variable.

        Raises
        ------
        DataError
            If one is no key; the message names the line and not the key.
        """
        keys = []
        for number, line in enumerate(text.splitlines(), 1):
            if line.lstrip().startswith("#"):
                continue
            for word in line.replace(",", " ").split():
                try:
                    raw = urlsafe_b64decode(word)
                except (binascii.Error, ValueError):
                    raw = b""
                if len(raw) != KEY_BYTES:
                    raise DataError(
                        f"{source}, line {number}: no key of {KEY_BYTES} bytes in base64; {_HOW}"
                    ) from None
                keys.append(Key(raw))
        if not keys:
            raise DataError(f"{source}: there is no key; {_HOW}")
        return cls(keys)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "MasterKeys":
        """Read a file of keys, which others must not be able to read.

        Raises
        ------
        UsageError
            If there is no such file, or everybody may read it.
        DataError
            As for `parse`.
        """
        file = Path(path)
        try:
            mode = file.stat().st_mode
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise UsageError(f"there is no file of master keys {file}; {_HOW}") from None
        except UnicodeDecodeError:
            raise DataError(f"{file} is no file of master keys; {_HOW}") from None
        if mode & (stat.S_IROTH | stat.S_IWOTH):
            raise UsageError(
                f"everybody may read or change the master keys {file}; take that away: chmod o-rw {file}"
            )
        return cls.parse(text, str(file))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "MasterKeys":
        """Read the keys that the environment gives, or the file that it names.

        Raises
        ------
        UsageError
            If it gives neither.
        """
        if environment.get(KEYS_VARIABLE):
            return cls.parse(environment[KEYS_VARIABLE], KEYS_VARIABLE)
        if environment.get(FILE_VARIABLE):
            return cls.from_file(environment[FILE_VARIABLE])
        raise UsageError(
            f"there is no master key; name a file of them by --keys or {FILE_VARIABLE}, or give them by {KEYS_VARIABLE}"
        )

    def wrap(self, key: Key, domain: str, customer: str) -> tuple[str, bytes]:
        """Wrap a key by the present master key; returns its name, too."""
        return self.current, self._keys[self.current].seal(key.raw, domain, customer, "key")

    def unwrap(self, master: str, wrapped: bytes, domain: str, customer: str) -> Key:
        """Give a key that some master key wrapped.

        Raises
        ------
        DataError
            If that one is not among these.
        """
        try:
            by = self._keys[master]
        except KeyError:
            raise DataError(
                f"the key of {customer or domain} is wrapped by the master key {master}, which is not among those "
                f"given ({', '.join(self._keys)}); add it to them"
            ) from None
        return Key(by.open(wrapped, domain, customer, "key"))


def add_key(path: str | os.PathLike[str]) -> str:
    """Put a new key in front of a file of keys, which is made if there is none; returns the key's name.

    The file is replaced as a whole, for its owner alone to read.
    """
    file = Path(path)
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if before:
        MasterKeys.parse(before, str(file))
    key = Key.fresh()
    fresh = file.with_name(file.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(f"# {_name(key)}\n{urlsafe_b64encode(key.raw).decode()}\n{before}")
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
    return _name(key)


def _name(key: Key) -> str:
    return sha256(b"huntgroup master key " + key.raw).hexdigest()[:16]
