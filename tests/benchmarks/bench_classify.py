"""Classification: a memory of labels beside MiniLM with logistic regression or a LoRA, BM25 and the
nearest neighbour.

`python tests/benchmarks/bench_classify.py --data FOLDER [--sets banking77 clinc150 icd10]` prints a
table for each set and writes a CSV. FOLDER holds `banking77_train.jsonl`, `banking77_test.jsonl`,
the same of `clinc150` with `clinc150_oos_train.jsonl` and `clinc150_oos_test.jsonl`, all with
{"text", "label"} on each line, and `icd10_categories.jsonl` with {"code", "title"}.

- Intents: accuracy on the test split; pairs of texts that only one of the memory and the peer gets
  right; precision of the surest 75% of the answers. CLINC150 also with texts out of scope, of which
  100 are examples without a label: accuracy in scope, where an abstention is wrong, and the share
  that abstains. On BANKING77 a LoRA of rank 32 is trained for the seconds that the tune took.
- ICD-10: titles as written, with words reordered, and with a quarter of the words dropped, both
  drawn by a seed; every different title is asked, or `--asked` of them. Of a title of several
  codes any is right.

Thresholds come from the tune's own held-out examples, never from a test split.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from label_rivals import Answers, Rival, Split, Texts, bm25, logistic, lora, nearest
from paired_test import mcnemar
from tables import Row, show

from mome.classify.classifier import Classifier
from mome.classify.examples import LabelTune
from mome.classify.tuning import tune_labels
from mome.cli.progress import silent_libraries
from mome.reporting import Reporter

COVERAGE = 0.75
"""Share of the answers, the surest ones, whose precision is shown."""
DROPPED = 0.25
SEED = 1


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


def tuned(examples: Split, folder: Path) -> tuple[Rival, float]:
    """Tune a memory on the examples in `folder`; return it and the seconds that it took."""
    path, memory = folder / "examples.jsonl", folder / "memory"
    rows = zip(examples.texts, examples.labels, strict=True)
    lines = [json.dumps({"text": text, "label": label}) + "\n" for text, label in rows]
    path.write_text("".join(lines), encoding="utf-8")
    start = time.perf_counter()
    report = tune_labels(LabelTune(path, memory, later_wins=True), Stages()).report
    seconds = time.perf_counter() - start
    size = sum(file.stat().st_size for file in (memory / "current").resolve().iterdir())
    classifier, count = Classifier.load(memory), len(report.facts)

    def answer(texts: Texts) -> Answers:
        labels = classifier.many(texts)
        return Answers(
            [label.guess for label in labels],
            [label.confidence for label in labels],
            [label.abstained for label in labels],
        )

    recalled = f"{report.recalled} of {count}"
    return Rival("memory", answer, count / seconds, size, recalled), seconds


def cost(rival: Rival, answers: int, seconds: float) -> Row:
    """Return the cells of what a system costs."""
    return {
        "examples/s": f"{rival.examples:.0f}",
        "answers/s": f"{answers / seconds:.0f}",
        "MB": f"{rival.size / 1e6:.1f}",
        "recalled": rival.recalled,
    }


def intents(name: str, data: Path, folder: Path) -> list[Row]:
    """Return the rows of one set of intents."""
    outside = [data / f"{name}_oos_train.jsonl"] if name == "clinc150" else []
    train = read_split(data / f"{name}_train.jsonl", *outside)
    test = read_split(data / f"{name}_test.jsonl")
    strange = read_split(data / f"{name}_oos_test.jsonl") if outside else Split([], [])
    texts = test.texts + strange.texts
    memory, seconds = tuned(train, folder)
    rows: list[Row] = []
    ours = np.zeros(len(test.texts), bool)
    # The LoRA takes as long as the tune, so that it is shown once.
    rivals = [memory, logistic(train), *([] if outside else [lora(train, seconds)])]
    for rival in rivals:
        start = time.perf_counter()
        answers = rival.answer(texts)
        took = time.perf_counter() - start
        right = np.array(answers.labels[: len(ours)]) == np.array(test.labels)
        ours = right if not rows else ours
        rows.append(
            {
                "set": name,
                "system": rival.name,
                "accuracy": f"{right.mean():.4f}",
                **paired(ours, right),
                "precision at 75%": f"{surest(right, answers.sure[: len(ours)]):.4f}",
                **in_scope(right, answers.abstained),
                **cost(rival, len(texts), took),
            }
        )
    return rows


def paired(ours: np.ndarray, theirs: np.ndarray) -> Row:
    """Return how many texts only one of the two gets right, and the p of McNemar's test."""
    ahead, behind = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    p = f"{mcnemar(ours.tolist(), theirs.tolist()):.4f}"
    return {"only memory": str(ahead), "only this": str(behind), "p": p}


def surest(right: np.ndarray, sure: Sequence[float]) -> float:
    """Return the precision of the surest answers."""
    order = np.argsort(-np.array(sure), kind="stable")
    return float(right[order[: round(COVERAGE * len(order))]].mean())


def in_scope(right: np.ndarray, abstained: Sequence[bool]) -> Row:
    """Return accuracy in scope with abstentions as errors, and the share of others that abstain."""
    silent = np.array(abstained)
    outside = silent[len(right) :]
    recall = f"{outside.mean():.4f}" if len(outside) else ""
    return {
        "in scope": f"{(right & ~silent[: len(right)]).mean():.4f}",
        "out of scope": recall,
    }


def codes(data: Path, folder: Path, asked: int | None = None) -> list[Row]:
    """Return the rows of ICD-10, for `asked` titles or all."""
    lines = (data / "icd10_categories.jsonl").open(encoding="utf-8")
    found = [json.loads(line) for line in lines]
    train = Split([row["title"] for row in found], [row["code"] for row in found])
    any_of = defaultdict(set)
    for title, code in zip(train.texts, train.labels, strict=True):
        any_of[title].add(code)
    forms = asked_forms(sorted(any_of), asked)
    titles = forms["as written"]
    rows: list[Row] = []
    ours = np.zeros(len(titles), bool)
    for rival in (tuned(train, folder)[0], bm25(train), nearest(train)):
        row = {"set": "icd10", "system": rival.name}
        start = time.perf_counter()
        for form, texts in forms.items():
            pairs = zip(rival.answer(texts).labels, titles, strict=True)
            right = np.array([code in any_of[title] for code, title in pairs])
            row[form] = f"{right.mean():.4f}"
        # Of the last form, the dropped words.
        ours = right if not rows else ours
        row |= paired(ours, right)
        rows.append(row | cost(rival, len(forms) * len(titles), time.perf_counter() - start))
    return rows


def asked_forms(titles: Texts, asked: int | None) -> dict[str, Texts]:
    """Return `asked` of the titles, or all, in each form that is asked; the same each time."""
    rng = random.Random(SEED)
    chosen = rng.sample(titles, len(titles) if asked is None else min(asked, len(titles)))
    return {
        "as written": chosen,
        "reordered": [reordered(title, rng) for title in chosen],
        "dropped": [dropped(title, rng) for title in chosen],
    }


def reordered(title: str, rng: random.Random) -> str:
    """Return the title with its words in another order."""
    words = title.split()
    return " ".join(rng.sample(words, len(words)))


def dropped(title: str, rng: random.Random) -> str:
    """Return the title without a quarter of its words."""
    words = title.split()
    kept = rng.sample(range(len(words)), max(1, round((1 - DROPPED) * len(words))))
    return " ".join(words[place] for place in sorted(kept))


def main() -> None:
    """Measure the sets that were asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=["banking77", "clinc150", "icd10"])
    parser.add_argument("--asked", type=int, help="titles of ICD-10 to ask; all if not given")
    parser.add_argument("--out", type=Path, default=Path("build/bench_classify.csv"))
    arguments = parser.parse_args()
    silent_libraries()
    tables = []
    for name in arguments.sets:
        with tempfile.TemporaryDirectory() as folder:
            if name == "icd10":
                tables.append(codes(arguments.data, Path(folder), arguments.asked))
            else:
                tables.append(intents(name, arguments.data, Path(folder)))
    show(arguments.out, *tables)


if __name__ == "__main__":
    main()
