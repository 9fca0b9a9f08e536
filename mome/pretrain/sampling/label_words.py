"""Words that people use as labels of rows: cheap and expensive, old and new; `labels` uses them."""

from __future__ import annotations

from mome.pretrain.sampling.scene import Scene

_TWO = (
    "low high, low high, small large, small big, minor major, weak strong, "
    "below above, normal high, B A, no yes, bottom top, basic premium"
)
_THREE = (
    "low medium high, low middle high, small medium large, small medium big, C B A, "
    "low average high, bronze silver gold, poor fair good"
)
_BY_WORD = {
    "price cost fee rate": ("cheap expensive, low high", "cheap medium expensive, low middle high"),
    "salary": ("low high, junior senior", "junior middle senior, low medium high"),
    "age": ("young old, junior senior", "young middle old"),
    "length duration milliseconds minutes seconds": (
        "short long",
        "short normal long, short medium long",
    ),
    "weight": ("light heavy", "light medium heavy, light normal heavy"),
    "height": ("small tall, short tall", "short medium tall"),
    "speed": ("slow fast", "slow normal fast"),
    "distance": ("near far, short long", "near middle far"),
    "size capacity area population": ("small large, small big", "small medium large"),
}
"""Last words of a measure -> its labels, from the low to the high ones: two, and three."""
_DATED = "old new, early late, former recent, long-standing recent, veteran newcomer"
_PLACED = "home abroad, domestic foreign, local elsewhere, inside outside, national international"
_VALUED = "yes no, main other, special normal, A B, match rest, selected other"


def labels_of_measure(scene: Scene, word: str, number: int) -> list[str]:
    """Return labels that fit the last word of a measure, from the low to the high one."""
    own = [pair for words, pair in _BY_WORD.items() if word in words.split()]
    choices = (_TWO, _THREE)[number - 2]
    if own and scene.chance(0.7):
        choices = own[0][number - 2]
    return scene.rng.choice(choices.split(", ")).split()


def labels_of_date(scene: Scene) -> list[str]:
    """Return a label of earlier rows and one of later rows."""
    return scene.rng.choice(_DATED.split(", ")).split()


def labels_of_value(scene: Scene, words: str) -> list[str]:
    """Return a label of the rows with a value and one of all others.

    `words`: the words for the column.
    """
    is_home = {"country", "nationality", "state", "city"} & set(words.split())
    return scene.rng.choice((_PLACED if is_home else _VALUED).split(", ")).split()
