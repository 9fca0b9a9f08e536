"""Retrieval against a memory: the same model, the same questions, four ways to give it the pairs.

`python tests/benchmarks/bench_rag.py --data FOLDER [--pairs N] [--limit N]` prints a table and
writes a CSV. FOLDER is GeoQuery: `questions.jsonl` and `db/`. The pairs are those of the training
split, N of them evenly spread; the questions are those of the test split that the pairs have the
SQL of ("held-out wordings"), or with `--every` all. A causal model reads the whole schema and the
question as plain text and writes SQL greedily. No skill, no constraint and no guard takes part.

- schema only: nothing else;
- nearest pairs: the three pairs whose questions are nearest by the bundled encoder stand in the
  prompt;
- LoRA: PEFT, rank 32, all linear layers, trained on the pairs for as long as the memory was;
- memory: the pairs are memorised, those of one SQL as wordings of one fact;
- memory, nearest pairs: the same, with nearest pairs in the prompt where no fact is routed.

Columns: `accuracy`, execution accuracy; `p`, exact McNemar test of the last row against this one;
`names` and `values`, answers with a table or column that the schema lacks, and with a text that
neither the database nor the question has; `unparsed`, answers that are no SQL; `s a question`,
answered in batches.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench_questions import Question, verdict
from edit_sides import Adapted, Bare, in_batches
from hallucinations import Database, hallucinated
from kept_memories import Spent, tuned
from paired_test import mcnemar
from tables import Row, show
from torch.nn import functional

from mome.backbones.free_text import FreeText, TextPrompt, load_free_text
from mome.backbones.open.prompt import pairs_text, schema_text
from mome.cli.progress import silent_libraries
from mome.linking.slice import Linker, Slice
from mome.memory import Memory, MemoryConfig, text_facts, written
from mome.pretrain.command import read_database

NEAREST = 3
"""Pairs in a prompt."""
ROOM = 8
"""Tokens that an answer may have beyond those of the longest SQL of a pair."""
Pairs = Sequence[tuple[str, str]]
Form = Callable[[str], str]
"""Returns what the model reads for a question."""


class Reading(Bare):
    """The model with prompts of a form."""

    def __init__(self, backbone: FreeText, form: Form) -> None:
        super().__init__(backbone)
        self.form = form

    def prompt(self, text: str) -> str:
        """See Bare."""
        return self.form(text)


class Remembering(Reading):
    """The same under a memory, which is asked with the question alone."""

    def __init__(self, backbone: FreeText, form: Form, memory: Memory, other: Form) -> None:
        """`other`: the form of questions that are not routed."""
        super().__init__(backbone, form)
        self.memory, self._other = memory, other

    def answers(self, texts: Sequence[str]) -> list[str]:
        """See Side."""
        hits = self.memory.route(texts).hit.tolist()
        forms = [self.form if is_hit else self._other for is_hit in hits]
        prompts = [
            self.backbone.prompt(form(text)) for form, text in zip(forms, texts, strict=True)
        ]
        return written(self.memory, texts, prompts)


class Lora(Adapted):
    """A LoRA that was trained on the pairs behind the schema."""

    def __init__(self, backbone: FreeText, form: Form, pairs: Pairs, seconds: float) -> None:
        self._form = form
        super().__init__(backbone, [(form(text), sql) for text, sql in pairs], seconds)

    def prompt(self, text: str) -> str:
        """See Bare."""
        return self._form(text)


class Retriever:
    """Finds the nearest pairs of a question."""

    def __init__(self, backbone: FreeText, pairs: Pairs) -> None:
        self._backbone, self._pairs = backbone, pairs
        questions = [question for question, _ in pairs]
        self._known = functional.normalize(backbone.question_state(questions), dim=1)

    def nearest(self, question: str) -> list[tuple[str, str]]:
        """Return the nearest pairs, the nearest last, where it stands next to the question."""
        state = functional.normalize(self._backbone.question_state([question]), dim=1)
        best = (state @ self._known.T)[0].topk(min(NEAREST, len(self._pairs))).indices
        return [self._pairs[place] for place in reversed(best.tolist())]


def forms(schema: str, retriever: Retriever) -> tuple[Form, Form]:
    """Return the form with the schema only, and that with the nearest pairs."""
    task = "Write one SQLite query that answers the question. Answer with the SQL alone.\n"

    def bare(question: str) -> str:
        return f"{task}{schema}Question: {question}"

    def with_pairs(question: str) -> str:
        return f"{task}{schema}{pairs_text(retriever.nearest(question))}Question: {question}"

    return bare, with_pairs


def memorise(
    backbone: FreeText, form: Form, pairs: Pairs, linker: Linker, folder: Path
) -> tuple[Memory, Spent]:
    """Return a memory of the pairs, attached, and what its tune has taken."""
    asked: dict[str, list[str]] = defaultdict(list)
    for question, sql in pairs:
        asked[sql].append(question)
    facts = text_facts((own[0], sql, own[1:]) for sql, own in asked.items())
    wordings = [fact.wordings for fact in facts]

    def create() -> Memory:
        return Memory.create(backbone, MemoryConfig(), wordings, linker)

    def prompt(text: str) -> TextPrompt:
        return backbone.prompt(form(text))

    _, spent = tuned(backbone, facts, folder, create, linker, prompt)
    print(f"{spent.seconds:.0f} s, {spent.cpu:.0f} core s")
    memory = Memory.load(folder, backbone, linker)
    memory.attach()
    return memory, spent


class Exam:
    """Judges answers to the questions."""

    def __init__(self, path: Path, questions: Sequence[Question], linker: Linker) -> None:
        self._path, self.questions = path, questions
        self._database = Database.read(path, linker.catalog)

    def judged(self, name: str, side: Bare) -> tuple[Row, list[bool]]:
        """Return the row of a side but for its test, and whether each answer is right."""
        texts = [question.question for question in self.questions]
        start = time.perf_counter()
        found = [_sql(answer) for answer in in_batches(side.answers, texts)]
        seconds = (time.perf_counter() - start) / len(texts)
        asked = zip(self.questions, found, strict=True)
        right = [
            verdict(self._path, question, {"status": "ok", "sql": sql}) == "right"
            for question, sql in asked
        ]
        flaws = [
            hallucinated(sql, text, self._database) for sql, text in zip(found, texts, strict=True)
        ]
        row = {
            "method": name,
            "questions": str(len(texts)),
            "accuracy": f"{sum(right) / len(right):.3f}",
            "names": str(sum(flaw.names for flaw in flaws)),
            "values": str(sum(flaw.values for flaw in flaws)),
            "unparsed": str(sum(flaw.unparsed for flaw in flaws)),
            "s a question": f"{seconds:.2f}",
        }
        return row, right


def _sql(answer: str) -> str:
    """Return the SQL of an answer, which may stand in a block of code."""
    text = answer.strip().removeprefix("```sql").removeprefix("```")
    return text.partition("```")[0].strip().rstrip(";")


def spread(items: Sequence, count: int | None) -> list:
    """Return that many of the items, evenly spread."""
    most = min(count or len(items), len(items))
    return [items[place * len(items) // most] for place in range(most)]


def read_sets(
    folder: Path, pairs: int | None, limit: int | None, *, every: bool
) -> tuple[Pairs, list[Question]]:
    """Return the pairs and the questions. Raises ValueError if no question is left."""
    text = (folder / "questions.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    chosen = spread([line for line in lines if line["split"] == "train"], pairs)
    known = {_queries(line)[0] for line in chosen}
    asked = [
        Question(line["db"], "", line["question"], _queries(line))
        for line in lines
        if line["split"] == "test" and (every or known & {*_queries(line)})
    ]
    if not asked:
        raise ValueError("no question has the SQL of a pair: give more --pairs, or --every")
    known_pairs = [(line["question"], _queries(line)[0]) for line in chosen]
    return known_pairs, spread(asked, limit)


def _queries(line: dict[str, Any]) -> tuple[str, ...]:
    """Return the queries of a line, of which each is right; the first one is memorised."""
    sql = line["sql"]
    return (sql,) if isinstance(sql, str) else tuple(sql)


def longest(backbone: FreeText, pairs: Pairs) -> int:
    """Return the number of tokens of an answer."""
    tokens = backbone.base.tokenizer([sql for _, sql in pairs])["input_ids"]
    return max(map(len, tokens)) + ROOM


def measure(options: argparse.Namespace, folder: Path) -> Iterator[tuple[Row, list[bool]]]:
    """Yield each method's row and verdicts; the memory's come last."""
    pairs, questions = read_sets(options.data, options.pairs, options.limit, every=options.every)
    path = (options.data / "db" / "geography.sqlite").resolve()
    linker = Linker(*read_database(path))
    backbone = load_free_text(options.base)
    backbone.longest = longest(backbone, pairs)
    schema = schema_text(Slice.whole(linker.catalog).tables)
    bare, with_pairs = forms(schema, Retriever(backbone, pairs))
    exam = Exam(path, questions, linker)
    memory, spent = memorise(backbone, bare, pairs, linker, folder)
    last = [
        exam.judged("memory, nearest pairs", Remembering(backbone, bare, memory, with_pairs)),
        exam.judged("memory", Remembering(backbone, bare, memory, bare)),
    ]
    memory.detach()
    yield exam.judged("schema only", Reading(backbone, bare))
    yield exam.judged("nearest pairs", Reading(backbone, with_pairs))
    # Last of those without a memory: it stays in the model.
    yield exam.judged("LoRA", Lora(backbone, bare, pairs, spent.seconds))
    yield from last


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of GeoQuery")
    parser.add_argument("--pairs", type=int, help="training pairs, evenly spread")
    parser.add_argument("--limit", type=int, help="questions, evenly spread")
    parser.add_argument("--every", action="store_true", help="ask questions of other SQL too")
    parser.add_argument("--base", default="qwen2.5-coder-0.5b", help="a causal model")
    parser.add_argument("--keep", type=Path, help="a folder of the memory, to go on from")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_rag.csv"))
    options = parser.parse_args()
    silent_libraries()
    found = []
    with tempfile.TemporaryDirectory() as name:
        for row, right in measure(options, options.keep or Path(name)):
            found.append((row, right))
            print(row, flush=True)
    _, of_memory = found[-1]
    show(options.csv, [row | {"p": f"{mcnemar(of_memory, right):.4f}"} for row, right in found])


if __name__ == "__main__":
    main()
