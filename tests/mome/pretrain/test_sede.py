"""SEDE's queries as examples: types from its schema, keys and values from the queries."""

from __future__ import annotations

from pathlib import Path

from mome.pretrain.sede import sede_examples


def test_queries_become_examples_over_the_schema(data: Path) -> None:
    examples = sede_examples(data)
    assert [example.question for example in examples] == ["Users who wrote posts", "Who wrote 'x'?"]
    assert {example.source for example in examples} == {"sede"}
    catalog = examples[0].linker.catalog
    posts = catalog.table("Posts")
    assert [column.family for column in posts.columns] == ["number", "text", "datetime"]
    assert [key.ref_table for key in posts.foreign_keys] == ["Users"]
