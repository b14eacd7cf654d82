"""``huntgroup customer erase|purge|rotate|new-key``: what goes, and the keys.

Owns their options and output; must not know how anything is sealed.
"""

import argparse

from routing.cli.customer_options import add_customer_name, add_where, customers, kept_recordings, now_ns, who
from routing.config.localtime import parse_moment, zone
from routing.customers.masters import add_key
from routing.errors import ConfigError, UsageError


def add_erase(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Erase a customer (GDPR, article 17): the key goes, and with it whatever it sealed. The reference stays, known "
        "as erased; journals replay as before. Copies of the database made before still hold the key: see the page."
    )
    add_customer_name(parser)
    parser.add_argument("--yes", action="store_true", help="do it; otherwise only say what would go")
    parser.add_argument("--vacuum", action="store_true", help="also write the whole file anew; others wait")
    add_where(parser)
    parser.set_defaults(run=_erase)


def add_purge(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Erase customers of whom nothing was heard since a date; by default, only say how many."
    )
    parser.add_argument("--before", required=True, metavar="WHEN", help="YYYY-MM-DD or YYYY-MM-DDTHH:MM")
    parser.add_argument("--timezone", default="UTC", help="whose clock, as Europe/Berlin (default: UTC)")
    parser.add_argument("--yes", action="store_true", help="do it; otherwise only say how many")
    parser.add_argument("--list", action="store_true", help="print their references")
    add_where(parser)
    parser.set_defaults(run=_purge)


def add_rotate(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Wrap all keys by the first master key of the file, so that the others are not needed any more. May be cut off "
        "and called again."
    )
    parser.add_argument(
        "--fresh",
        action="store_true",
        help="also new keys for every customer and the index: one may have leaked",
    )
    add_where(parser)
    parser.set_defaults(run=_rotate)


def add_new_key(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = "Put a new master key in front of a file of keys, which is made if there is none."
    parser.add_argument(
        "file", metavar="FILE", help="for its owner alone to read; keep a copy where no database is"
    )
    parser.set_defaults(run=_new_key)


def _erase(options: argparse.Namespace) -> int:
    with customers(options) as found:
        state = found.state(options.customer)
        if state == "unknown":
            raise UsageError(
                f"there is no customer {options.customer!r}; find the reference by `customer find`"
            )
        if not options.yes:
            many = len(found.contacts(options.customer))
            print(f"{options.customer} is {state}, with {many:,} contacts; nothing was erased: add --yes")
            return 0
        done = found.erase(options.customer, now_ns(), who(options), whole=options.vacuum)
    again = " again" if done.already else ""
    elsewhere = "".join(f", {many:,} records of {name}" for name, many in done.elsewhere.items() if many)
    print(f"{done.customer} is erased{again}; {done.contacts:,} contacts do not name it any more{elsewhere}")
    if kept := kept_recordings(options, done.customer):
        print(f"{kept:,} recordings are under legal hold: they stay, and go once they are released")
    if not done.scrubbed:
        print(
            "unused parts of the database's files may hold older copies; --vacuum takes them out, while nobody reads"
        )
    return 0


def _purge(options: argparse.Namespace) -> int:
    try:
        where = zone(options.timezone)
    except ConfigError as error:
        raise UsageError(f"--timezone: {error}") from None
    before_ns = parse_moment(options.before, where, end=False)
    with customers(options) as found:
        done = found.purge(before_ns, now_ns(), who(options), dry_run=not options.yes)
    if options.list:
        for one in done.customers:
            print(one)
    kept = f"; {len(done.kept):,} are to be called back and stay" if done.kept else ""
    verb = "would be erased: add --yes" if done.dry_run else "are erased"
    print(f"{len(done.customers):,} customers {verb}{kept}")
    return 0


def _rotate(options: argparse.Namespace) -> int:
    with customers(options) as found:
        done = found.rotate(now_ns(), who(options), fresh=options.fresh)
    fresh = f", {done.fresh:,} customers have new keys" if options.fresh else ""
    print(f"the master key {done.master} wraps all; {done.wrapped:,} keys were wrapped anew{fresh}")
    return 0


def _new_key(options: argparse.Namespace) -> int:
    print(f"{add_key(options.file)} is the present master key of {options.file}")
    return 0
