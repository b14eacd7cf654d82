"""Reports as Parquet and Arrow files, through pyarrow.

Owns these two formats; must not know columns (``columns``).
"""

import os
from typing import Any, Final

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as parquet

from routing.history.columns import kind, names, table
from routing.history.report import Report

_TYPES: Final[dict[type, Any]] = {str: pa.string(), int: pa.int64(), float: pa.float64()}


def write_parquet(report: Report, path: str | os.PathLike[str]) -> None:
    """Write a Parquet file; what cannot be said is null."""
    parquet.write_table(_table(report), os.fspath(path))


def write_arrow(report: Report, path: str | os.PathLike[str]) -> None:
    """Write an Arrow IPC file (Feather, version 2) without compression."""
    feather.write_feather(_table(report), os.fspath(path), compression="uncompressed")


def _table(report: Report) -> Any:
    schema = pa.schema([pa.field(name, _TYPES[kind(name)]) for name in names(report)])
    return pa.Table.from_pylist(table(report), schema=schema)
