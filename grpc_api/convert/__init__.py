"""Between the structs of ``routing`` and the messages of the wire, both ways.

==============  ==========================================================================
commands        `write_item`, `read_command`; `read_requests` for a host
events          `write_event`, `write_events`, `read_event`, `read_events`
outcomes        `write_outcome`, `write_outcomes`, `read_outcome`
all structs     `writer`, `reader`: of nouns, views and explanations, made once for each type
words           `enum_number`
==============  ==========================================================================

Within: ``words``, ``kinds`` < ``reading``, ``writing`` < ``outcomes``.

Owns the two spellings of the same thing; must not know any RPC.
"""

from grpc_api.convert.kinds import message_name, message_type
from grpc_api.convert.outcomes import read_outcome, read_requests, write_outcome, write_outcomes
from grpc_api.convert.reading import read_command, read_event, read_events, reader
from grpc_api.convert.writing import Fields, enum_number, write_event, write_events, write_item, writer

__all__ = [
    "Fields",
    "enum_number",
    "message_name",
    "message_type",
    "read_command",
    "read_event",
    "read_events",
    "read_outcome",
    "read_requests",
    "reader",
    "write_event",
    "write_events",
    "write_item",
    "write_outcome",
    "write_outcomes",
    "writer",
]
