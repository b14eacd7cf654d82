"""Where a call comes from: gRPC's names of peers, and addresses to listen at.

Owns their spelling; must not know what is done with them.
"""

import ipaddress
from functools import lru_cache
from urllib.parse import unquote


@lru_cache(4096)
def host_of(peer: str) -> str:
    """Give what calls of one host have in common, of a peer as gRPC names it.

    An address without its port; of IPv6 the first half, since who has one of these addresses has 2**64 of them.

    Examples
    --------
    >>> host_of("ipv4:192.0.2.7:51234"), host_of("ipv6:%5B2001:db8::1%5D:51234"), host_of("unix:")
    ('192.0.2.7', '2001:db8::/64', 'unix')
    >>> host_of("ipv6:[::1]:5"), host_of("ipv6:[::ffff:192.0.2.7]:5"), host_of("whatever")
    ('::/64', '192.0.2.7', 'unknown')
    """
    kind, _, rest = peer.partition(":")
    if kind == "ipv4":
        return rest.rpartition(":")[0] or rest
    if kind == "ipv6":
        inside = unquote(rest).rpartition("]")[0].lstrip("[").partition("%")[0]
        try:
            address = ipaddress.IPv6Address(inside)
        except ValueError:
            return "unknown"
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((address, 64), strict=False))
    return "unix" if kind.startswith("unix") else "unknown"


def is_loopback(address: str) -> bool:
    """Tell whether only this machine can reach an address to listen at. A name other than "localhost" is not trusted.

    Examples
    --------
    >>> [is_loopback(a) for a in ("127.0.0.1:50051", "[::1]:50051", "localhost:0", "unix:/run/huntgroup.sock")]
    [True, True, True, True]
    >>> [is_loopback(a) for a in ("0.0.0.0:50051", "[::]:50051", ":50051", "gateway:50051", "192.0.2.7:50051")]
    [False, False, False, False, False]
    """
    if address.startswith(("unix:", "unix-abstract:")):
        return True
    address = address.removeprefix("ipv4:").removeprefix("ipv6:").removeprefix("dns:").lstrip("/")
    host = address.rpartition(":")[0] if not address.endswith("]") else address
    host = host.strip("[]").partition("%")[0]
    if host.lower() == "localhost":
        return True
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return found.ipv4_mapped.is_loopback
    return found.is_loopback
