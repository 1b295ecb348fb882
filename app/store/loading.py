"""Reading rows without their bulky columns."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import defer
from sqlalchemy.sql.base import ExecutableOption


def without(*columns: Any) -> list[ExecutableOption]:
    """Options that leave the columns out of a query; touching one of them then raises instead of fetching it."""
    return [defer(column, raiseload=True) for column in columns]
