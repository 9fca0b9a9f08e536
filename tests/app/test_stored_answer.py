from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.stored_answer import from_record, to_record
from mome.answering.translation import Alternative, Join
from page import CHANNELS


def test_an_answer_is_read_as_it_was_written() -> None:
    answer = replace(
        CHANNELS,
        alternatives=(Alternative("SELECT 1", -0.5, "Other."),),
        joins=(Join("a.b = c.d", "declared"),),
        evidence={"share": 0.5},
        notes=("one", "two"),
    )
    written = json.loads(json.dumps(to_record(answer)))
    assert from_record(written) == answer


@pytest.mark.parametrize("record", [None, [], {}, {"question": "q"}, {"unknown": 1}])
def test_what_is_no_answer_is_none(record: object) -> None:
    assert from_record(record) is None
