"""Customers: who calls, their data under keys of their own, what went before, and the directory that routing asks.

Needs the packages of the extra ``customers``. Personal data lives here only; elsewhere a customer
is an opaque reference.

Within: ``tables``, ``masking`` < ``identities``, ``sealing`` < ``masters``, ``shapes``, ``holding`` < ``vault`` <
``records``, ``auditing``, ``earlier`` < ``notes`` < ``erasing``, ``rotating``, ``exporting``, ``scrubbing`` <
``registry`` < ``customers``; ``breaker``, ``cache``, ``directory`` < ``answering``, ``webhook``; ``customers`` <
``embedded``.

Owns what identifies people; must not route, nor know an engine or a host.
"""

from routing.customers.answering import Answering, AnsweringRules
from routing.customers.customers import Customers
from routing.customers.directory import Answer, CustomerDirectory
from routing.customers.embedded import Embedded
from routing.customers.holding import Holder
from routing.customers.masters import MasterKeys
from routing.customers.shapes import (
    AuditEntry,
    CallBack,
    Context,
    Conversation,
    Customer,
    Earlier,
    Erased,
    Identified,
    Note,
    Purged,
)
from routing.customers.webhook import Webhook

__all__ = [
    "Answer",
    "Answering",
    "AnsweringRules",
    "AuditEntry",
    "CallBack",
    "Context",
    "Conversation",
    "Customer",
    "CustomerDirectory",
    "Customers",
    "Earlier",
    "Embedded",
    "Erased",
    "Holder",
    "Identified",
    "MasterKeys",
    "Note",
    "Purged",
    "Webhook",
]
