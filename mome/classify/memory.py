"""The memory of a classifier."""

from __future__ import annotations

from mome.closed_set.memory import ClosedSetMemory


class LabelMemory(ClosedSetMemory):
    """A memory whose facts are (text -> label). Whether a text is too far from what was learnt says
    the confidence.
    """

    # The same text, or nearly. Other texts are labelled by the shared experts, which generalise
    # better.
    own_threshold = 0.97
