"""Spellings of types from four engines."""

from __future__ import annotations

import pytest

from schemas.structure.type_families import FAMILIES, family

SPELLINGS = {
    "text": (
        "VARCHAR(20) | character varying(20) | TEXT | NVARCHAR(10) | bpchar | enum('a','int') "
        "| set('x') | citext | CLOB"
    ),
    "integer": (
        "INTEGER | int | int(11) unsigned | bigint | smallint | TINYINT | tinyint(4) | HUGEINT "
        "| UBIGINT | bigserial | year(4)"
    ),
    "number": "numeric(10,2) | DECIMAL(5,0) | double precision | FLOAT | real | money | NUMBER(10)",
    "date": "date | DATE",
    "datetime": (
        "timestamp without time zone | TIMESTAMP WITH TIME ZONE | datetime | timestamp(6) "
        "| TIMESTAMP_NS"
    ),
    "time": "time without time zone | TIME | time(3)",
    "boolean": "boolean | BOOL | tinyint(1)",
    "binary": "bytea | BLOB | varbinary(20) | longblob",
    "other": (
        "integer[] | VARCHAR[] | STRUCT(a INTEGER) | jsonb | json | uuid | interval | int4range "
        "| int4multirange | int8multirange "
        "| daterange | bit(1) | tsvector | "
    ),
}
"""Family -> spellings, separated by ` | `; the last one of `other` is an undeclared type."""


def _cases() -> list[tuple[str, str]]:
    cases = []
    for name, spellings in SPELLINGS.items():
        cases += [(name, spelling) for spelling in spellings.split(" | ")]
    return cases


@pytest.mark.parametrize(("expected", "spelling"), _cases())
def test_a_spelling_has_its_family(expected: str, spelling: str) -> None:
    assert family(spelling) == expected
    assert expected in FAMILIES
