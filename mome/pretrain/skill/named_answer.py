"""The answer to a drawn example as text: its form with names in place of pointers."""

from __future__ import annotations

from collections.abc import Sequence

from mome.backbones.bundled.form_tokens import WORDS, join_form
from mome.backbones.bundled.period_alignment import align_periods
from mome.backbones.bundled.plain_form import PLAIN, Token, join_plain
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.open.prompt import PLAIN_SQL
from mome.catalog import Catalog
from mome.forms.language import parse_form, write_form
from mome.forms.spelling import written_name
from mome.linking.slice import Item
from mome.pretrain.examples import Drawn


def named_answer(drawn: Drawn) -> str:
    """Return the form of a drawn example with names, or its SQL where it has no form.

    Raises NotExpressible if the form cannot be written.
    """
    catalog = drawn.linker.catalog
    if drawn.tokens[0] == PLAIN:
        pointers = PointerForm(catalog, drawn.slice_, drawn.linker.graph)
        return PLAIN_SQL + join_plain(drawn.tokens, pointers)
    tokens = align_periods(drawn.tokens, drawn.slice_.periods)
    texts = _named(_with_whole_aliases(tokens), drawn.slice_.items, catalog)
    # Parsed and printed, so that a form is always spaced in the same way.
    return write_form(parse_form(join_form(texts)))


def _with_whole_aliases(tokens: Sequence[Token]) -> list[Token]:
    """Join the parts of aliases such as `staff_2`, which are split before the digits."""
    joined: list[Token] = []
    for kind, token in tokens:
        before = joined[-1] if joined else ("", "")
        is_rest = kind == "number" and before[0] == "word" and before[1] not in WORDS
        if is_rest and before[1].isidentifier():
            joined[-1] = ("word", before[1] + token)
        else:
            joined.append((kind, token))
    return joined


def _named(tokens: Sequence[Token], items: Sequence[Item], catalog: Catalog) -> list[str]:
    """Return the texts of a form's tokens, with names in place of pointers."""
    texts: list[str] = []
    for kind, token in tokens:
        if kind != "pointer":
            texts.append(token)
            continue
        item = items[int(token[1:])]
        after_dot = texts[-1:] == ["."]
        if after_dot and item.column is None:
            # In `i7.i3.*` the key i7 already says the table i3.
            texts.pop()
        else:
            texts.append(_name(item, catalog, alone=after_dot))
    return texts


def _name(item: Item, catalog: Catalog, *, alone: bool) -> str:
    """Return the name of an item: a column `alone`, or with its table."""
    table = catalog.table(item.table)
    assert table is not None
    name = written_name(table, item.column)
    return name.removeprefix(f"{written_name(table)}.") if alone else name
