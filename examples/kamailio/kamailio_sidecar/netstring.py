"""Frames of evapi: ``5:hello,``.

Owns framing; must not know what is in a frame nor where it comes from.
"""

from typing import Final

#: The longest frame taken; evapi's own buffer for what it reads holds 32,767 bytes.
FRAME_MAX: Final = 1_000_000


class NetstringError(ValueError):
    """The peer sent what is no netstring; where the next one begins cannot be known, so the connection is over."""


def encode(payload: bytes) -> bytes:
    """Frame one payload.

    Examples
    --------
    >>> encode(b"hello")
    b'5:hello,'
    """
    return b"%d:%b," % (len(payload), payload)


class Decoder:
    """Cut a stream of bytes into payloads, however it is dealt out.

    Examples
    --------
    >>> decoder = Decoder()
    >>> decoder.feed(b"5:hel"), decoder.feed(b"lo,0:,1:"), decoder.feed(b"x,")
    ([], [b'hello', b''], [b'x'])
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take what arrived; return the payloads that are complete.

        Raises
        ------
        NetstringError
            If it cannot be a netstring.
        """
        data = self._rest + data
        found: list[bytes] = []
        start = 0
        while (colon := data.find(b":", start, start + 8)) >= 0:
            end = colon + 1 + self._length(data[start:colon])
            if len(data) <= end:
                break
            if data[end] != ord(","):
                raise NetstringError(f"a frame ends in {data[end : end + 1]!r}; it must end in ','")
            found.append(data[colon + 1 : end])
            start = end + 1
        else:
            self._digits_only(data[start : start + 8])
        self._rest = data[start:]
        return found

    @staticmethod
    def _length(digits: bytes) -> int:
        if not digits.isdigit() or int(digits) > FRAME_MAX:
            raise NetstringError(f"{digits!r} is no length; it must be a number up to {FRAME_MAX}")
        return int(digits)

    @staticmethod
    def _digits_only(start: bytes) -> None:
        if start and (not start.isdigit() or len(start) > 7):
            raise NetstringError(f"a frame starts with {start!r}; it must start with its length and ':'")
