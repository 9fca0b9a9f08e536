"""Classification: a memory of labels beside MiniLM with logistic regression, BM25 and the nearest
neighbour.

`python tests/benchmarks/bench_classify.py --data FOLDER [--sets banking77 clinc150 icd10]` prints a
table for each set and writes a CSV. FOLDER holds `banking77_train.jsonl`, `banking77_test.jsonl`,
the same of `clinc150` with `clinc150_oos_train.jsonl` and `clinc150_oos_test.jsonl`, all with
{"text", "label"} on each line, and `icd10_categories.jsonl` with {"code", "title"}.

- Intents: accuracy on the test split; pairs of texts that only one of the two gets right; precision
  of the surest 75% of the answers. CLINC150 also with texts out of scope, of which 100 are examples
  without a label: accuracy in scope, where an abstention is wrong, and the share that abstains.
- ICD-10: titles as written, with words reordered, and with a quarter of the words dropped, both
  drawn by a seed. Of a title of several codes any is right.

Thresholds come from the tune's own held-out examples, never from a test split.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from tables import Row, show
from torch.nn import functional

from mome.classify.backbone import LabelBackbone
from mome.classify.classifier import Classifier, Label
from mome.classify.examples import LabelTune
from mome.classify.tuning import tune_labels
from mome.cli.progress import silent_libraries
from mome.reporting import Reporter

COVERAGE = 0.75
"""Share of the answers, the surest ones, whose precision is shown."""
PENALTY = 10.0
"""C of the peer's logistic regression; with 1 it gets fewer right."""
ASKED = 2000
"""Titles of ICD-10 that are asked in each form."""
DROPPED = 0.25
SEED = 1
# BM25's usual constants (Robertson and Zaragoza, 2009).
SATURATION, LENGTH = 1.5, 0.75

Texts = list[str]


@dataclass(frozen=True)
class Split:
    """Texts with their labels; an empty label is out of scope."""

    texts: Texts
    labels: Texts


@dataclass(frozen=True)
class Tuned:
    """A memory, what its tune took, and its size."""

    classifier: Classifier
    seconds: float
    recalled: int
    facts: int
    size: int


class Stages(Reporter):
    """Prints when a stage begins."""

    def __init__(self) -> None:
        self._start = time.perf_counter()

    def stage(self, name: str) -> None:
        """Print the time and the stage."""
        print(f"{time.perf_counter() - self._start:6.0f} s  {name}", flush=True)


def read_split(*paths: Path) -> Split:
    """Read JSONL files; the label `oos` stands for none."""
    rows = [json.loads(line) for path in paths for line in path.open(encoding="utf-8")]
    labels = ["" if row["label"] == "oos" else row["label"] for row in rows]
    return Split([row["text"] for row in rows], labels)


def tuned(examples: Split, folder: Path) -> Tuned:
    """Tune a memory on the examples in `folder`."""
    path, memory = folder / "examples.jsonl", folder / "memory"
    rows = zip(examples.texts, examples.labels, strict=True)
    lines = [json.dumps({"text": text, "label": label}) + "\n" for text, label in rows]
    path.write_text("".join(lines), encoding="utf-8")
    start = time.perf_counter()
    result = tune_labels(LabelTune(path, memory, later_wins=True), Stages())
    seconds = time.perf_counter() - start
    size = sum(file.stat().st_size for file in (memory / "current").resolve().iterdir())
    report = result.report
    return Tuned(Classifier.load(memory), seconds, report.recalled, len(report.facts), size)


def states_of(backbone: LabelBackbone, texts: Texts) -> torch.Tensor:
    """Return MiniLM's unit sentence embeddings."""
    last = backbone.halves(texts)[0][:, -backbone.model.words.shape[1] :]
    return functional.normalize(last, dim=1)


def intents(name: str, data: Path, folder: Path) -> list[Row]:
    """Return the rows of one set of intents."""
    outside = [data / f"{name}_oos_train.jsonl"] if name == "clinc150" else []
    train = read_split(data / f"{name}_train.jsonl", *outside)
    test = read_split(data / f"{name}_test.jsonl")
    strange = read_split(data / f"{name}_oos_test.jsonl") if outside else Split([], [])
    memory = tuned(train, folder)
    start = time.perf_counter()
    answers = memory.classifier.many(test.texts + strange.texts)
    speed = len(answers) / (time.perf_counter() - start)
    guesses = [answer.guess for answer in answers]
    sure = [answer.confidence for answer in answers]
    start = time.perf_counter()
    peer_guesses, peer_sure = peer(train, test.texts + strange.texts)
    peer_seconds = time.perf_counter() - start
    count = len(test.texts)
    ours = np.array(guesses[:count]) == np.array(test.labels)
    theirs = np.array(peer_guesses[:count]) == np.array(test.labels)
    rows = [
        {
            "set": name,
            "system": "memory",
            "accuracy": f"{ours.mean():.4f}",
            "only this right": str(int((ours & ~theirs).sum())),
            "precision at 75%": f"{surest(ours, sure[:count]):.4f}",
            "examples/s": f"{len(train.texts) / memory.seconds:.0f}",
            "answers/s": f"{speed:.0f}",
            "MB": f"{memory.size / 1e6:.1f}",
            "recalled": f"{memory.recalled} of {memory.facts}",
        },
        {
            "set": name,
            "system": "MiniLM + logistic regression",
            "accuracy": f"{theirs.mean():.4f}",
            "only this right": str(int((theirs & ~ours).sum())),
            "precision at 75%": f"{surest(theirs, peer_sure[:count]):.4f}",
            "examples/s": f"{len(train.texts) / peer_seconds:.0f}",
            "answers/s": "",
            "MB": "",
            "recalled": "",
        },
    ]
    abstained = [answer.abstained for answer in answers]
    scope = [in_scope(guesses, abstained, test)]
    # The peer abstains where its class of texts out of scope wins.
    scope.append(in_scope(peer_guesses, [not guess for guess in peer_guesses], test))
    for row, found in zip(rows, scope, strict=True):
        row |= found
    return rows


def peer(train: Split, texts: Texts) -> tuple[Texts, list[float]]:
    """Return the labels of logistic regression on MiniLM's embeddings, and their probabilities."""
    backbone = LabelBackbone()
    fitted = LogisticRegression(C=PENALTY, max_iter=500)
    fitted.fit(states_of(backbone, train.texts).numpy(), train.labels)
    chances = fitted.predict_proba(states_of(backbone, texts).numpy())
    return list(fitted.classes_[chances.argmax(1)]), list(chances.max(1))


def surest(right: np.ndarray, sure: Sequence[float]) -> float:
    """Return the precision of the surest answers."""
    order = np.argsort(-np.array(sure), kind="stable")
    return float(right[order[: round(COVERAGE * len(order))]].mean())


def in_scope(guesses: Texts, abstained: Sequence[bool], test: Split) -> Row:
    """Return accuracy in scope with abstentions as errors, and the share of others that abstain."""
    count = len(test.texts)
    pairs = zip(guesses, test.labels, abstained, strict=False)
    right = sum(guess == label and not silent for guess, label, silent in pairs)
    outside = abstained[count:]
    recall = f"{sum(outside) / len(outside):.4f}" if outside else ""
    return {"in scope": f"{right / count:.4f}", "out of scope": recall}


def codes(data: Path, folder: Path) -> list[Row]:
    """Return the rows of ICD-10."""
    lines = (data / "icd10_categories.jsonl").open(encoding="utf-8")
    rows = [json.loads(line) for line in lines]
    train = Split([row["title"] for row in rows], [row["code"] for row in rows])
    any_of = defaultdict(set)
    for title, code in zip(train.texts, train.labels, strict=True):
        any_of[title].add(code)
    rng = random.Random(SEED)
    titles = rng.sample(sorted(any_of), ASKED)
    forms = {
        "as written": titles,
        "reordered": [reordered(title, rng) for title in titles],
        "dropped": [dropped(title, rng) for title in titles],
    }
    memory = tuned(train, folder)
    systems: dict[str, Callable[[Texts], Texts]] = {
        "memory": lambda texts: guesses_of(memory.classifier.many(texts)),
        "BM25": bm25(train),
        "MiniLM, nearest": nearest(train),
    }
    found = []
    for name, answer in systems.items():
        row = {"set": "icd10", "system": name}
        start = time.perf_counter()
        for form, texts in forms.items():
            pairs = zip(answer(texts), titles, strict=True)
            row[form] = f"{sum(code in any_of[title] for code, title in pairs) / ASKED:.4f}"
        row["answers/s"] = f"{len(forms) * ASKED / (time.perf_counter() - start):.0f}"
        found.append(row)
    tune = {
        "examples/s": f"{memory.facts / memory.seconds:.0f}",
        "MB": f"{memory.size / 1e6:.1f}",
        "recalled": f"{memory.recalled} of {memory.facts}",
    }
    found[0] |= tune
    for row in found[1:]:
        row |= dict.fromkeys(tune, "")
    return found


def guesses_of(answers: Sequence[Label]) -> Texts:
    """Return the most probable labels."""
    return [answer.guess for answer in answers]


def reordered(title: str, rng: random.Random) -> str:
    """Return the title with its words in another order."""
    words = title.split()
    return " ".join(rng.sample(words, len(words)))


def dropped(title: str, rng: random.Random) -> str:
    """Return the title without a quarter of its words."""
    words = title.split()
    kept = rng.sample(range(len(words)), max(1, round((1 - DROPPED) * len(words))))
    return " ".join(words[place] for place in sorted(kept))


def words_of(text: str) -> Texts:
    """Return a text's words as BM25 compares them."""
    return re.findall(r"\w+", text.lower())


def bm25(train: Split) -> Callable[[Texts], Texts]:
    """Return BM25 over the examples (Robertson and Zaragoza, 2009)."""
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
    postings = {word: (np.array(rows[word]), np.array(scores[word])) for word in rows}

    def answer(texts: Texts) -> Texts:
        found = []
        for text in texts:
            total = np.zeros(len(documents))
            for word in words_of(text):
                if word in postings:
                    at, score = postings[word]
                    total[at] += score
            found.append(train.labels[int(total.argmax())])
        return found

    return answer


def nearest(train: Split) -> Callable[[Texts], Texts]:
    """Return the label of the example whose MiniLM embedding has the highest cosine."""
    backbone = LabelBackbone()
    known = states_of(backbone, train.texts)

    def answer(texts: Texts) -> Texts:
        best = [
            (states_of(backbone, texts[first : first + 256]) @ known.T).argmax(1)
            for first in range(0, len(texts), 256)
        ]
        return [train.labels[place] for place in torch.cat(best).tolist()]

    return answer


def main() -> None:
    """Measure the sets that were asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=["banking77", "clinc150", "icd10"])
    parser.add_argument("--out", type=Path, default=Path("build/bench_classify.csv"))
    arguments = parser.parse_args()
    silent_libraries()
    tables = []
    for name in arguments.sets:
        with tempfile.TemporaryDirectory() as folder:
            if name == "icd10":
                tables.append(codes(arguments.data, Path(folder)))
            else:
                tables.append(intents(name, arguments.data, Path(folder)))
    show(arguments.out, *tables)


if __name__ == "__main__":
    main()
