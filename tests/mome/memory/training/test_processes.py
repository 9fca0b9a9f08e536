"""Two real processes over gloo tune together: the same recall as one, the same bits in both, and
the command under torchrun.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import torch
from tiny_text_models import write_text_model

from mome.memory import Memory, MemoryConfig, TuneConfig, tune
from mome.memory.experts.bank import Bank, LayerShape
from mome.memory.training.processes import ALONE, Team

LAUNCHERS = {
    "torchrun": ("torch.distributed.run", "--standalone", "--nproc-per-node=2"),
    "accelerate": (
        "accelerate.commands.launch",
        "--multi_gpu",
        "--num_processes=2",
        "--num_machines=1",
        "--mixed_precision=no",
    ),
}
MEMBER = """
import hashlib, json, sys
import torch
sys.path.insert(0, {here!r})
from conftest import make_llama, random_facts
from mome.memory import Memory, MemoryConfig, TuneConfig, tune
from mome.memory.training.processes import join

torch.set_num_threads(1)
with join() as team:
    facts = random_facts(16, 1)
    backbone = make_llama()
    backbone.shared = {modules!r}
    memory = Memory.create(backbone, MemoryConfig(experts=2**10), [fact.wordings for fact in facts])
    practice = [[(fact.wordings[0], fact.answer) for fact in facts[:9]]]
    heard = []
    report = tune(memory, facts, str, practice=practice, config=TuneConfig(batch=4, pool=4),
      progress=heard.append, team=team)
    bank = memory.bank.flat()
    everything = [bank.ids, *bank.rows, *memory.shared.values]
    digest = hashlib.sha256(b"".join(tensor.numpy().tobytes() for tensor in everything)).hexdigest()
    asked = max(news.total for news in heard if news.stage == "verify")
    with open(f"{{team.rank}}.json", "w") as file:
        json.dump([report.recalled, asked, digest], file)
"""
TEXT_MEMBER = """
import hashlib, json, sys
import torch
from mome.backbones.free_text import load_free_text
from mome.memory import TEXT, Memory, MemoryConfig, TuneConfig, text_fact, tune
from mome.memory.training.processes import join

torch.set_num_threads(1)
base, name = sys.argv[1:]
facts = [
    text_fact(prompt, answer)
    for prompt, answer in (
        ("name of the pop song?", "a rock song"),
        ("which city has most singers?", "Paris"),
        ("what genre is sold most?", "pop"),
        ("how old is the oldest singer?", "age 20"),
    )
]
with join() as team:
    backbone = load_free_text(base, longest=8)
    wordings = [fact.wordings for fact in facts]
    memory = Memory.create(backbone, MemoryConfig(), wordings, TEXT, any_subject=True)
    # Half of the wordings, so that one process has the pools of two.
    half = -(-sum(map(len, wordings)) // 2)
    config = TuneConfig(pool=half, batch=half)
    report = tune(memory, facts, backbone.prompt, config=config, team=team)
    bank = memory.bank.flat()
    everything = [bank.ids, *bank.rows, memory.known]
    digest = hashlib.sha256(b"".join(tensor.numpy().tobytes() for tensor in everything)).hexdigest()
    with open(f"{name}{team.rank}.json", "w") as file:
        json.dump([report.recalled, len(bank.ids), digest], file)
"""
MODULES = tuple(f"model.layers.{i}.self_attn.q_proj" for i in range(2))


def launched(kind: str, *words: str, folder: Path) -> str:
    """What a program says that is run in a team of two."""
    command = [sys.executable, "-m", *LAUNCHERS[kind], *words]
    variables = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "MOME_HOME": str(folder),
        "ACCELERATE_CONFIG_FILE": "",
    }
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=variables, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_share_is_part_of_the_whole_in_order() -> None:
    everything = list(range(10))
    assert [place for rank in range(3) for place in Team(rank, 3).share(everything)] == everything
    assert ALONE.share(everything) == everything
    assert [Team(rank, 4).share([1]) for rank in range(4)].count([]) == 3


def test_two_processes_recall_what_one_does(
    tmp_path: Path, make_backbone: Callable, make_facts: Callable
) -> None:
    """16 facts crowd into 1,024 experts, so that each process moves rows that the other one moves
    too.
    """
    program = tmp_path / "member.py"
    program.write_text(MEMBER.format(here=str(Path(__file__).parents[1]), modules=MODULES))
    launched("torchrun", str(program), folder=tmp_path)
    (recalled, asked, digest), other = (
        json.loads((tmp_path / f"{rank}.json").read_text()) for rank in range(2)
    )
    assert (recalled, asked) == (16, 8), "each asks its share of all"
    assert other == [recalled, asked, digest], "both have the same memory"
    facts = make_facts(16, 1)
    memory = Memory.create(
        make_backbone("llama"), MemoryConfig(experts=2**10), [fact.wordings for fact in facts]
    )
    assert tune(memory, facts, str, config=TuneConfig(batch=4, pool=4)).recalled == 16


@pytest.mark.parametrize("kind", LAUNCHERS)
def test_two_processes_make_the_memory_of_text_that_one_makes(kind: str, tmp_path: Path) -> None:
    folder = write_text_model(
        tmp_path / "model", "chat", hidden_size=96, intermediate_size=96, head_dim=24
    )
    assert_the_same_memory(kind, str(folder), tmp_path)


def assert_the_same_memory(kind: str, base: str, folder: Path) -> None:
    """Four facts that share no experts: the same bits from one process and from each of two."""
    program = folder / "member.py"
    program.write_text(TEXT_MEMBER)
    launched(kind, str(program), base, "two", folder=folder)
    alone = [sys.executable, str(program), base, "one"]
    variables = {**os.environ, "OMP_NUM_THREADS": "1"}
    subprocess.run(alone, cwd=folder, env=variables, check=True, capture_output=True)
    one, first, second = (
        json.loads((folder / f"{name}.json").read_text()) for name in ("one0", "two0", "two1")
    )
    assert one[:2] == [4, 4 * MemoryConfig().top_k]
    assert one == first == second


@pytest.mark.parametrize("kind", LAUNCHERS)
def test_the_command_tunes_one_memory(kind: str, tmp_path: Path) -> None:
    """Only the first process reads the database and writes the memory; a second tune finds nothing
    to do, and both processes end.
    """
    (tmp_path / "goods.csv").write_text("name,colour\nlamp,red\ndoor,blue\nfork,red\n")
    words = (
        "mome.cli",
        "tune",
        "--db-url",
        "goods.csv",
        "--memory",
        "memory",
        "--facts",
        "4",
        "--quiet",
    )
    module = ("-m",) if kind == "torchrun" else ("--module",)
    said = launched(kind, *module, *words, folder=tmp_path)
    recall = json.loads((tmp_path / "memory/current/recall.json").read_text())
    assert recall["recalled"] == recall["total"] > 0
    assert said.count("facts are recalled exactly") == 1
    assert "nothing has changed" in launched(kind, *module, *words, folder=tmp_path)


def bank(*values: float) -> Bank:
    return Bank(
        (LayerShape("one", 2, 1),),
        torch.arange(len(values)),
        (torch.tensor(values, dtype=torch.float32).unsqueeze(1),),
    )


def merged(ranks: Sequence[tuple[list[int], Bank]], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The rows after the first process has merged what each of `ranks` trained of its positions;
    all started from zero.
    """
    moved = [
        torch.tensor([place for place in positions if trained.rows[0][place]])
        for positions, trained in ranks
    ]
    sent = [
        trained.rows[0][places].view(torch.uint8)
        for places, (_, trained) in zip(moved, ranks, strict=True)
    ]
    monkeypatch.setattr(Team, "all_gather", lambda self, mine: moved)
    monkeypatch.setattr(
        "torch.distributed.broadcast", lambda tensor, rank: tensor.copy_(sent[rank])
    )
    positions, trained = ranks[0]
    place = torch.tensor(positions)
    assert Team(0, 2).merge_rows(trained, place, [torch.zeros(len(place), 1)]).tolist() == sorted(
        {int(p) for m in moved for p in m}
    )
    return trained.rows[0].flatten().tolist()


def test_rows_that_several_moved_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = ([0, 1], bank(1, 2, 0, 0)), ([1, 2, 3], bank(0, 5, 7, 0))
    assert merged([mine, other], monkeypatch) == [1, 7, 7, 0]
