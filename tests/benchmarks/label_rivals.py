"""What `bench_classify` measures beside a memory of labels. All but BM25 read texts with the
memory's own MiniLM, whose bytes are counted for none.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from peft import LoraConfig, inject_adapter_in_model
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn
from torch.nn import functional

from mome.classify.backbone import LabelBackbone
from mome.classify.encoder import MINILM, SentenceEncoder, shared_encoder
from mome.kernels.bfloat16 import has_bfloat16
from mome.memory.question_states import pooled

PENALTY = 10.0
"""C of the logistic regression; with 1 it gets fewer right."""
# BM25's usual constants (Robertson and Zaragoza, 2009).
SATURATION, LENGTH = 1.5, 0.75
RANK, RATE, BATCH = 32, 1e-3, 32
"""Rank, learning rate and batch of the LoRA."""
WARMUP = 0.05
"""Part of the LoRA's time in which its rate rises."""
SCALE = 20.0
"""Factor on the cosines of the LoRA's head; learnt from there on."""
ASKED_AT_ONCE = 256

Texts = list[str]


@dataclass(frozen=True)
class Split:
    """Texts with their labels; an empty label is out of scope."""

    texts: Texts
    labels: Texts


@dataclass(frozen=True)
class Answers:
    """The labels of some texts, each with how sure it is, and whether it abstains."""

    labels: Texts
    sure: list[float]
    abstained: list[bool]


@dataclass(frozen=True)
class Rival:
    """A fitted classifier."""

    name: str
    answer: Callable[[Texts], Answers]
    examples: float
    """Examples that were learnt in a second, reading them included."""
    size: int
    """Bytes of what was fitted."""
    recalled: str = ""


def logistic(train: Split) -> Rival:
    """Return logistic regression on MiniLM's embeddings."""
    start, backbone = time.perf_counter(), _own_backbone()
    fitted = LogisticRegression(C=PENALTY, max_iter=500)
    fitted.fit(embedded(backbone, train.texts).numpy(), train.labels)
    seconds = time.perf_counter() - start

    def answer(texts: Texts) -> Answers:
        chances = fitted.predict_proba(embedded(backbone, texts).numpy())
        return _best(list(fitted.classes_), torch.from_numpy(chances))

    size = 4 * (fitted.coef_.size + fitted.intercept_.size)
    return Rival("MiniLM + logistic regression", answer, len(train.texts) / seconds, size)


def nearest(train: Split) -> Rival:
    """Return the label of the example whose MiniLM embedding has the highest cosine."""
    start, backbone = time.perf_counter(), _own_backbone()
    known = embedded(backbone, train.texts)
    seconds = time.perf_counter() - start

    def answer(texts: Texts) -> Answers:
        cosines, places = (embedded(backbone, texts) @ known.T).max(1)
        labels = [train.labels[place] for place in places.tolist()]
        return Answers(labels, cosines.tolist(), [not label for label in labels])

    return Rival("MiniLM, nearest", _in_parts(answer), len(train.texts) / seconds, known.nbytes)


def bm25(train: Split) -> Rival:
    """Return BM25 over the examples (Robertson and Zaragoza, 2009)."""
    start = time.perf_counter()
    documents = [Counter(words_of(text)) for text in train.texts]
    lengths = [sum(document.values()) for document in documents]
    mean = sum(lengths) / len(lengths)
    frequency = Counter(word for document in documents for word in document)
    rows: dict[str, list[int]] = defaultdict(list)
    scores: dict[str, list[float]] = defaultdict(list)
    for row, (document, length) in enumerate(zip(documents, lengths, strict=True)):
        for word, count in document.items():
            odds = (len(documents) - frequency[word] + 0.5) / (frequency[word] + 0.5)
            norm = SATURATION * (1 - LENGTH + LENGTH * length / mean)
            rows[word].append(row)
            scores[word].append(math.log1p(odds) * count * (SATURATION + 1) / (count + norm))
    postings = {
        word: (np.array(rows[word], np.int32), np.array(scores[word], np.float32)) for word in rows
    }
    seconds = time.perf_counter() - start

    def answer(texts: Texts) -> Answers:
        found, sure = [], []
        for text in texts:
            total = np.zeros(len(documents), np.float32)
            for word in words_of(text):
                if word in postings:
                    at, score = postings[word]
                    total[at] += score
            found.append(train.labels[int(total.argmax())])
            sure.append(float(total.max()))
        return Answers(found, sure, [not label for label in found])

    size = sum(at.nbytes + score.nbytes for at, score in postings.values())
    return Rival("BM25", answer, len(train.texts) / seconds, size)


def words_of(text: str) -> Texts:
    """Return a text's words as BM25 compares them."""
    return re.findall(r"\w+", text.lower())


def lora(train: Split, seconds: float) -> Rival:
    """Return MiniLM with a LoRA in all of its linear maps and a head of cosines, trained for so
    many seconds; its labels include that of the texts out of scope.
    """
    tuned = _Lora(train, seconds)
    trained = [value for value in tuned.parameters() if value.requires_grad]
    size = sum(value.nbytes for value in trained) // 2
    name = f"MiniLM + LoRA r={RANK}, {seconds:.0f} s"
    return Rival(name, _in_parts(tuned.answer), tuned.examples / seconds, size)


class _Lora(nn.Module):
    def __init__(self, train: Split, seconds: float) -> None:
        super().__init__()
        torch.manual_seed(0)
        # Not the shared encoder, for the LoRA is put into its layers.
        self._encoder = SentenceEncoder(MINILM)
        self.names = sorted(set(train.labels))
        config = LoraConfig(
            r=RANK, lora_alpha=2 * RANK, target_modules=["query", "key", "value", "dense"]
        )
        self.bert = inject_adapter_in_model(config, self._encoder.bert)
        self.head = nn.Parameter(torch.randn(len(self.names), self._encoder.width))
        self.scale = nn.Parameter(torch.tensor(SCALE))
        self.examples = 0
        self._fit(train, seconds)

    def _fit(self, train: Split, seconds: float) -> None:
        values = [value for value in self.parameters() if value.requires_grad]
        optimizer = torch.optim.AdamW(values, lr=RATE)
        targets = torch.tensor([self.names.index(label) for label in train.labels])
        rng, rows, start = random.Random(0), list[int](), time.perf_counter()
        while (passed := (time.perf_counter() - start) / seconds) < 1:
            if len(rows) < BATCH:
                rows = rng.sample(range(len(targets)), len(targets))
            chosen, rows = rows[:BATCH], rows[BATCH:]
            optimizer.param_groups[0]["lr"] = RATE * min(passed / WARMUP, 1 - passed)
            logits = self._logits([train.texts[row] for row in chosen])
            functional.cross_entropy(logits, targets[chosen]).backward()
            nn.utils.clip_grad_norm_(values, 1.0)
            optimizer.step()
            optimizer.zero_grad()
            self.examples += len(chosen)

    def _logits(self, texts: Texts) -> Tensor:
        pieces = [torch.tensor(self._encoder.read(text)) for text in texts]
        ids = nn.utils.rnn.pad_sequence(pieces, batch_first=True)
        lengths = torch.tensor([len(row) for row in pieces])
        mask = (torch.arange(ids.shape[1]) < lengths.unsqueeze(1)).long()
        with torch.autocast("cpu", torch.bfloat16, enabled=has_bfloat16("cpu")):
            words = self.bert.embeddings.word_embeddings(ids)
            state = pooled(self.bert(words, mask).float(), mask)
        directions = functional.normalize(self.head, dim=1)
        return self.scale * functional.normalize(state, dim=1) @ directions.T

    @torch.no_grad()
    def answer(self, texts: Texts) -> Answers:
        """Return the labels of some texts."""
        return _best(self.names, self._logits(texts).softmax(1))


def _own_backbone() -> LabelBackbone:
    """Return MiniLM with no text read before: what another system has read would cost nothing."""
    shared_encoder.cache_clear()
    return LabelBackbone()


def embedded(backbone: LabelBackbone, texts: Texts) -> Tensor:
    """Return MiniLM's unit sentence embeddings."""
    last = backbone.halves(texts)[0][:, -backbone.model.words.shape[1] :]
    return functional.normalize(last, dim=1)


def _best(names: Texts, chances: Tensor) -> Answers:
    """Return the most probable labels; a text abstains where the class out of scope wins."""
    sure, places = chances.max(1)
    labels = [names[place] for place in places.tolist()]
    return Answers(labels, sure.tolist(), [not label for label in labels])


def _in_parts(answer: Callable[[Texts], Answers]) -> Callable[[Texts], Answers]:
    """Return the same for any number of texts, which are asked some at a time."""

    def every(texts: Texts) -> Answers:
        found = Answers([], [], [])
        for first in range(0, len(texts), ASKED_AT_ONCE):
            part = answer(texts[first : first + ASKED_AT_ONCE])
            found.labels.extend(part.labels)
            found.sure.extend(part.sure)
            found.abstained.extend(part.abstained)
        return found

    return every
