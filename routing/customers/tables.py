"""The tables of customers: who there is, their keys, how they are found, notes, and who looked.

They lie in the database of the history, and the same chain of migrations makes them (``routing/history/migrations``).
Each has the domain (tenant) in front of its key. What identifies people is sealed (``sealing``) or a keyed hash; in
clear are opaque references, instants, kinds and who of the staff did what.

Owns names and types of columns; must not know a database, nor how anything is sealed.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

METADATA: Final = MetaData()


def _text(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _whole(*names: str) -> list[Column[int]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def _sealed(*names: str) -> list[Column[bytes]]:
    return [Column(name, LargeBinary, nullable=False) for name in names]


#: One row a tenant: the key of its index of numbers, wrapped by a master key.
VAULTS: Final = Table(
    "customer_vaults",
    METADATA,
    *_text("domain", "master"),
    *_sealed("wrapped"),
    *_whole("at_ns"),
    PrimaryKeyConstraint("domain"),
    sqlite_with_rowid=False,
)

#: ``seen_ns``: when they were last identified, to the hour. ``erased_ns`` 0: not erased; ``erased_why``: erased,
#: purged. ``merged_into``: who they turned out to be ("": nobody else). ``sealed``: their attributes.
CUSTOMERS: Final = Table(
    "customers",
    METADATA,
    *_text("domain", "customer"),
    *_whole("created_ns", "seen_ns", "erased_ns"),
    *_text("erased_why", "merged_into"),
    *_sealed("sealed"),
    PrimaryKeyConstraint("domain", "customer"),
    Index(
        "customers_merged",
        "domain",
        "merged_into",
        sqlite_where=text("merged_into <> ''"),
        postgresql_where=text("merged_into <> ''"),
    ),
    sqlite_with_rowid=False,
)

#: Each customer's own key, wrapped by a master key. Without its row, what is sealed cannot be read again.
KEYS: Final = Table(
    "customer_keys",
    METADATA,
    *_text("domain", "customer", "master"),
    *_sealed("wrapped"),
    PrimaryKeyConstraint("domain", "customer"),
    Index("customer_keys_by_master", "domain", "master"),
    sqlite_with_rowid=False,
)

#: How somebody is found: ``blind`` is the keyed hash of a number, an address or an id, ``sealed`` the same to be read.
IDENTITIES: Final = Table(
    "customer_identities",
    METADATA,
    *_text("domain", "kind"),
    *_sealed("blind"),
    *_text("customer"),
    *_whole("at_ns"),
    *_sealed("sealed"),
    PrimaryKeyConstraint("domain", "kind", "blind"),
    Index("customer_identities_by_customer", "domain", "customer"),
    sqlite_with_rowid=False,
)

#: What somebody wrote about a customer, perhaps about one contact.
NOTES: Final = Table(
    "customer_notes",
    METADATA,
    *_text("domain", "note", "customer", "contact", "agent"),
    *_whole("at_ns"),
    *_sealed("sealed"),
    PrimaryKeyConstraint("domain", "note"),
    Index("customer_notes_by_customer", "domain", "customer", "at_ns"),
    sqlite_with_rowid=False,
)

#: Who looked at, changed, exported or erased whom; rows are only added.
AUDIT: Final = Table(
    "customer_audit",
    METADATA,
    *_text("domain"),
    *_whole("at_ns"),
    *_text("entry", "who", "action", "customer", "details"),
    PrimaryKeyConstraint("domain", "at_ns", "entry"),
    Index("customer_audit_by_customer", "domain", "customer", "at_ns"),
    sqlite_with_rowid=False,
)
