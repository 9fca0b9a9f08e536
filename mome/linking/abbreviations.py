"""Abbreviations whose meaning is settled, and catalogs that are written in them: `po_dt` and
`mat_dsc` beside `order_date`. `short_spellings` reads them.
"""

from __future__ import annotations

from collections.abc import Iterable

from mome.linking.names import name_words

SETTLED = {
    "addr": "address",
    "amt": "amount",
    "avg": "average",
    "cd": "code",
    "cnt": "count",
    "ctry": "country",
    "dept": "department",
    "desc": "description",
    "descr": "description",
    "dsc": "description",
    "dt": "date",
    "flg": "flag",
    "hrs": "hour",
    "ln": "line",
    "max": "maximum",
    "mgr": "manager",
    "min": "minute",
    "nbr": "number",
    "nm": "name",
    "num": "number",
    "pct": "percent",
    "prc": "price",
    "qty": "quantity",
    "stat": "status",
    "std": "standard",
    "tel": "telephone",
    "typ": "type",
    "val": "value",
}
"""Part of a name -> the word that it surely stands for: cnt is a count, and no complaint."""
PHRASES = {
    "bom": "bill of materials",
    "dob": "date of birth",
    "gl": "general ledger",
    "gr": "goods receipt",
    "oh": "on hand",
    "po": "purchase order",
    "pr": "purchase requisition",
    "qc": "quality control",
    "rfq": "request for quotation",
    "so": "sales order",
    "uom": "unit of measure",
    "wo": "work order",
}
"""The same for parts that stand for several words."""
_SHORTS = {
    word: frozenset(short for short, meant in SETTLED.items() if meant == word)
    for word in SETTLED.values()
}
# Names that spell their words have one or two of these at most, as `desc` or `max_qty`.
_TELLING = frozenset("amt cd dsc dt flg hdr ln nm prc qty stat ts typ".split())
_FEWEST_TELLING = 3


def settled_shorts(word: str) -> frozenset[str]:
    """Return the abbreviations that surely stand for a word in lower case, or for its singular."""
    return _SHORTS.get(word, frozenset()) | _SHORTS.get(word.removesuffix("s"), frozenset())


def is_abbreviated(names: Iterable[str]) -> bool:
    """Return whether names of tables and columns are written in abbreviations throughout."""
    parts = {part for name in names for part in name_words(name)}
    return len(parts & _TELLING) >= _FEWEST_TELLING


def skeleton(word: str) -> str:
    """Return the first letter of a word and the consonants behind it, each run of one letter once:
    `cst` of cost, `pln` of plan.
    """
    letters = [word[:1], *(letter for letter in word[1:] if letter not in "aeiou")]
    kept = [one for one, before in zip(letters, ["", *letters], strict=False) if one != before]
    return "".join(kept)
