"""Words that the rules of edits read alike."""

from __future__ import annotations

from collections.abc import Iterable

from mome.conversation.scene import FollowUp, Mention, ShownFigure
from mome.linking.names import name_stems, stem
from mome.linking.values import ValueMatch

Said = Mention | ShownFigure | ValueMatch
FILLERS = frozenset(
    "the a an of for in on to at with by from is are was were be do does did has have had get got "
    "what which who whose where how show list give find return display see tell me us i we you "
    "can could would please and also too as well just only now then those these this that they "
    "them their theirs its it his her he she him hers one ones each all every there here s about "
    "among amongst or corresponding correspond same instead include "
    "add value values rows information info results result list answer".split()
)
"""Words that say nothing of what an edit does."""
ASCENDING = frozenset("ascending asc increasing alphabetical alphabetically ascendingly".split())
DESCENDING = frozenset("descending desc decreasing reverse reversed descendingly".split())
HIGHEST = frozenset(
    "highest most largest biggest greatest maximum max oldest best longest heaviest latest newest "
    "tallest top richest".split()
)
LOWEST = frozenset(
    "lowest least fewest smallest minimum min youngest worst shortest lightest earliest bottom "
    "cheapest".split()
)


def texts(scene: FollowUp) -> list[str]:
    """Return the words of the follow-up in lower case."""
    return [word.text.lower() for word in scene.words]


def places(said: Iterable[Said]) -> set[int]:
    """Return the indices of the words that name something."""
    return {at for one in said for at in range(one.first, one.last + 1)}


def figures_and_columns(scene: FollowUp) -> tuple[list[ShownFigure], list[Mention]]:
    """Return the figures that the follow-up names, and the columns that its other words name."""
    figures = scene.figures()
    taken = places(figures)
    return figures, [one for one in scene.mentions() if one.first not in taken]


def explains(scene: FollowUp, used: Iterable[int], others: Iterable[str] = ()) -> bool:
    """Return whether all words are used, say nothing, or are among `others`; the nouns of the
    answer before say nothing.
    """
    taken, known = set(used), FILLERS | frozenset(others)
    nouns = frozenset[str]()
    if scene.subject is not None:
        nouns = name_stems(scene.subject.name)
    return all(
        at in taken or text in known or not text[0].isalnum() or stem(text) in nouns
        for at, text in enumerate(texts(scene))
    )
