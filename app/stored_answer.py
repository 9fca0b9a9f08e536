"""A translation as JSON and back, so that an answer of a follow-up can be opened again. `history`
stores it with its question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from types import MappingProxyType
from typing import Any

from mome.answering.translation import Alternative, Join, Rewritten, Translation

_PARTS: Mapping[str, type] = {"alternatives": Alternative, "literals": Rewritten, "joins": Join}
_NUMBERS = ("evidence", "timings")


def to_record(translation: Translation) -> dict[str, Any]:
    """Return a translation as what JSON can hold."""
    record = {}
    for field in fields(translation):
        value = getattr(translation, field.name)
        if field.name in _PARTS:
            value = [asdict(part) for part in value]
        elif field.name in _NUMBERS:
            value = dict(value)
        record[field.name] = value
    return record


def from_record(record: object) -> Translation | None:
    """Return the translation of a record; None if it is none, as in a history from before."""
    if not isinstance(record, dict):
        return None
    try:
        return Translation(**{name: _value(name, value) for name, value in record.items()})
    except (TypeError, ValueError):
        return None


def _value(name: str, value: Any) -> Any:
    if name in _PARTS:
        return tuple(_PARTS[name](**part) for part in value)
    if name in _NUMBERS:
        return MappingProxyType({key: float(number) for key, number in value.items()})
    return tuple(value) if isinstance(value, list) else value
