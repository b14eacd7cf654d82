"""Reports as CSV and as JSON.

Owns these two formats; must not know columns (``columns``).
"""

import csv
from typing import TextIO

import msgspec

from routing.history.columns import names, table
from routing.history.quality import Quality, to_builtins
from routing.history.report import Report


def write_csv(report: Report, file: TextIO) -> None:
    """Write a line of names, then one a line; what cannot be said is an empty field.

    Parameters
    ----------
    file : text file
        Opened with ``newline=""``.
    """
    writer = csv.DictWriter(file, names(report), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table(report))


def to_json(report: Report, quality: Quality | None = None) -> bytes:
    """Write what was asked, the lines, and the quality where it was asked for; what cannot be said is null."""
    question = report.question
    document = {
        "from_ns": question.from_ns,
        "to_ns": question.to_ns,
        "by": question.by,
        "basis": question.basis,
        "timezone": question.where.key,
        "lines": table(report),
        **(to_builtins(quality) if quality is not None else {}),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)
