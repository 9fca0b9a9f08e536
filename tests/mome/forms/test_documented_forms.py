"""The examples of docs/forms.md: each form compiles to the SQL beside it and is read from it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mome.backbones.bundled.form_tokens import split_form
from mome.backbones.bundled.grammar import accepts
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.tokens import OutputVocabulary
from mome.catalog import Catalog, Table
from mome.forms.forms import Forms
from mome.forms.language import constructs
from mome.forms.names import PointerNames
from mome.linking.slice import Linker, Slice

PAGE = Path(__file__).parents[3] / "docs" / "forms.md"
DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")


def examples() -> list[dict[str, str]]:
    """The form and the SQL of each example, by dialect."""
    found = []
    for block in re.findall(
        r"^```text\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        entries: dict[str, str] = {}
        for line in block.replace("\n    ", " ").splitlines():
            names, _, text = line.partition(": ")
            for name in DIALECTS if names == "all" else names.split(", "):
                entries[name] = text
        found.append(entries)
    return found


def test_examples_compile_and_are_read_again(shop: tuple[Catalog, sqlite3.Connection]) -> None:
    catalog, _ = shop
    wrong = []
    for example in examples():
        form = example["form"]
        for dialect in DIALECTS:
            forms = Forms(replace(catalog, dialect=dialect))
            compiled = forms.decode(form)
            if (compiled, forms.encode(compiled)) != (example[dialect], form):
                wrong.append(f"{dialect}: {compiled}\n  {forms.encode(compiled)}\n  {form}")
    assert not wrong, "\n".join(wrong)


def test_every_construct_has_an_example() -> None:
    page = " ".join(example["form"] for example in examples())
    called = set(re.findall(r"\b([A-Z_]+)\(", page))
    assert constructs() - called == set()


def test_examples_are_the_same_in_pointers(shop: tuple[Catalog, sqlite3.Connection]) -> None:
    catalog, _ = shop
    pointers = Forms(catalog, PointerNames(Slice.whole(catalog)))
    for example in examples():
        form = pointers.encode(example["sqlite"])
        assert pointers.decode(form) == example["sqlite"]


def test_the_grammar_accepts_the_examples(
    accepts_form: Callable[[Catalog, str], bool], shop: tuple[Catalog, sqlite3.Connection]
) -> None:
    catalog, _ = shop
    forms = [example["form"] for example in examples()]
    refused = [form for form in forms if not accepts_form(catalog, form)]
    assert not refused, "\n".join(refused)


WEIGHTS = Path(__file__).parents[3] / "mome" / "backbones" / "bundled" / "weights"
UNWRITTEN = " AS "
"""What the small reader never writes in a form: an alias."""


def test_the_small_reader_can_write_the_examples(shop: tuple[Catalog, sqlite3.Connection]) -> None:
    catalog, _ = shop
    vocabulary = OutputVocabulary.load(WEIGHTS)
    linker = Linker(catalog)
    every = [name for table in catalog.tables for name in _names(table)]
    wrong = []
    for example in examples():
        text = example["form"]
        if UNWRITTEN in text.replace(" AS INT", ""):
            continue
        # A question that says all literals of the form, and that it asks for a boss.
        said = [word for kind, word in split_form(text) if kind != "word"]
        question = " ".join(word.strip("'") for word in said if "_" not in word) + " boss"
        form = PointerForm(catalog, linker.slice(question, require=every), linker.graph)
        ids = vocabulary.encode(example["sqlite"], form)
        if not accepts(vocabulary, form, [1] * len(form.slice.items), ids):
            wrong.append(text)
    assert not wrong, "\n".join(wrong)


def _names(table: Table) -> list[str]:
    return [table.key, *(f"{table.key}.{column.name}" for column in table.columns)]
