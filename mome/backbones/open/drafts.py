"""The probabilities of answers that another reader wrote.

All drafts are read in one pass, as a trie whose tokens see the prompt and their own ancestors (tree
attention: SpecInfer, Miao et al. 2024, arXiv:2305.09781).

Axis legend: `n` tokens of the trie, `p` tokens of the prompt, `v` vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import DynamicCache, PreTrainedModel

ROOT = -1
"""The parent of the first tokens: the end of the prompt."""


class Trie:
    """The tokens of some texts, those of common beginnings once. A parent precedes its children."""

    def __init__(self, texts: Sequence[Sequence[int]]) -> None:
        self.tokens: list[int] = []
        self.parents: list[int] = []
        self._children: dict[tuple[int, int], int] = {}
        for text in texts:
            node = ROOT
            for token in text:
                node = self._add(node, token)

    def _add(self, parent: int, token: int) -> int:
        node = self._children.get((parent, token))
        if node is None:
            node = len(self.tokens)
            self._children[parent, token] = node
            self.tokens.append(token)
            self.parents.append(parent)
        return node

    def child(self, parent: int, token: int) -> int | None:
        """Return the node of a token after `parent`, if a text goes on with it."""
        return self._children.get((parent, token))

    def depths(self) -> list[int]:
        """Return the number of ancestors of each node."""
        depths: list[int] = []
        for parent in self.parents:
            depths.append(0 if parent == ROOT else depths[parent] + 1)
        return depths

    def seen(self) -> Tensor:
        """Return which nodes each node sees: its ancestors and itself (n, n)."""
        seen = torch.eye(len(self.tokens), dtype=torch.bool)
        for node, parent in enumerate(self.parents):
            if parent != ROOT:
                seen[node] |= seen[parent]
        return seen


@torch.no_grad()
def score_drafts(
    model: PreTrainedModel,
    logits: Tensor,
    cache: DynamicCache,
    drafts: Sequence[Sequence[int]],
    end: int,
) -> list[float]:
    """Return the log-probability of each draft, the token `end` after it included.

    `logits`: of the first token of an answer (1, v).
    `cache`: keys and values of the prompt; it is left as it was.
    """
    trie = Trie(drafts)
    # Row 0 holds what follows the prompt, row i + 1 what follows node i.
    steps = logits.float()
    if trie.tokens:
        steps = torch.cat([steps, _read(model, trie, cache)])
    steps = steps.log_softmax(1)
    return [_score(trie, steps, (*draft, end)) for draft in drafts]


def _read(model: PreTrainedModel, trie: Trie, cache: DynamicCache) -> Tensor:
    """Return the logits after the nodes of a trie (n, v)."""
    past = cache.get_seq_length()
    seen = torch.cat([torch.ones(len(trie.tokens), past, dtype=torch.bool), trie.seen()], 1)
    mask = torch.zeros(seen.shape).masked_fill_(~seen, -torch.inf)
    out = model(
        input_ids=torch.tensor([trie.tokens]),
        attention_mask=mask[None, None],
        position_ids=past + torch.tensor([trie.depths()]),
        past_key_values=cache,
        use_cache=True,
    )
    cache.crop(-len(trie.tokens))
    return out.logits[0].float()


def _score(trie: Trie, steps: Tensor, draft: Sequence[int]) -> float:
    score = 0.0
    node: int | None = ROOT
    for token in draft:
        assert node is not None
        score += float(steps[node + 1, token])
        node = trie.child(node, token)
    return score
