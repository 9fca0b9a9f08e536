"""The shape of the source: no import circle, imports that point down, unique names, narrow
lines.
"""

from __future__ import annotations

import ast
import graphlib
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("app", "mome", "schemas", "training_data")
WIDEST = 100
MOST_LOOSE = 6

# From top to bottom. A module belongs to the longest entry that it is, or lies under; it may import
# from its own layer and from those below. A package alone means its `__init__` and loose modules.
LAYERS = (
    "app",
    "mome.cli",
    "mome.pretrain",
    "mome.evaluation",
    "mome.recommend",
    "mome.classify",
    "mome.closed_set",
    "mome.tune",
    "mome",
    "mome.answering.batch",
    "mome.answering.translator",
    "mome.conversation",
    "mome.answering",
    "mome.calibration",
    "mome.peft_tuner",
    "mome.backbones.free_text",
    "mome.backbones.joint_reading",
    "mome.backbones.loading",
    "mome.backbones.causal_model",
    "mome.backbones.seq2seq_model",
    "mome.backbones.text_model",
    "mome.backbones.memory_identity",
    "mome.backbones.bundled",
    "mome.backbones",
    "mome.memory",
    "mome.memory.training",
    "mome.memory.recall",
    "mome.memory.memory",
    "mome.memory.store",
    "mome.memory.question_states",
    "mome.memory.experts",
    "mome.memory.routing",
    "mome.memory.report",
    "mome.memory.config",
    "mome.memory.backbone_protocol",
    "mome.kernels",
    "mome.kernels.backend",
    "mome.kernels.gpu",
    "mome.kernels.twins",
    "mome.kernels.inputs",
    "mome.kernels.generator",
    "mome.artifacts",
    "mome.grammar",
    "mome.forms",
    "mome.linking",
    "mome.execution",
    "mome.guard",
    "mome.sql_tree",
    "mome.catalog",
    "mome.reporting",
    "mome.errors",
    "training_data.sample",
    "training_data",
    "training_data.generate",
    "training_data.rules",
    "training_data.given",
    "training_data.drafts",
    "training_data.language.join_paths",
    "training_data.language.subjects",
    "training_data.language.column_roles",
    "training_data.sql",
    "training_data.facts",
    "training_data.language",
    "training_data.errors",
    "schemas",
    "schemas.drift",
    "schemas.introspection",
    "schemas.keys",
    "schemas.contents",
    "schemas.structure",
    "schemas.readers",
    "schemas.limits",
    "schemas.exclude",
    "schemas.diff",
    "schemas.catalog",
    "schemas.source",
    "schemas.names",
    "schemas.reserved",
    "schemas.errors",
    "mome.sources",
)


@cache
def modules() -> dict[str, Path]:
    """Our modules by dotted name."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = path
    return found


@cache
def imports() -> dict[str, set[str]]:
    """What each module imports of ours, at its top, inside functions or for type checking."""
    return {name: set(_imported_by(name)) for name in modules()}


def _imported_by(name: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(modules()[name].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            targets = []
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                targets.append(full if full in modules() else node.module)
        else:
            continue
        yield from (target for target in targets if target in modules() and target != name)


def layer_of(name: str) -> int:
    """The index of the longest entry of LAYERS that holds the module."""
    holders = [layer for layer in LAYERS if name == layer or name.startswith(f"{layer}.")]
    return LAYERS.index(max(holders, key=len))


def test_no_modules_import_each_other_in_a_circle() -> None:
    try:
        tuple(graphlib.TopologicalSorter(imports()).static_order())
    except graphlib.CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from error


def test_imports_point_down() -> None:
    upward = [
        f"{name} imports {target}"
        for name, targets in imports().items()
        for target in targets
        if layer_of(target) < layer_of(name)
    ]
    assert upward == []


def test_every_layer_holds_a_module() -> None:
    held = {layer_of(name) for name in modules()}
    assert [layer for index, layer in enumerate(LAYERS) if index not in held] == []


def test_few_modules_lie_loose_in_mome() -> None:
    loose = [path.name for path in (ROOT / "mome").glob("*.py")]
    assert len(loose) <= MOST_LOOSE, loose


def test_no_class_name_is_used_twice() -> None:
    owners: dict[str, list[str]] = defaultdict(list)
    for name, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                owners[node.name].append(name)
    assert {name: places for name, places in owners.items() if len(places) > 1} == {}


def test_every_public_name_has_a_docstring() -> None:
    missing = []
    for name, path in modules().items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        missing += [name] * (ast.get_docstring(tree) is None)
        missing += [f"{name}.{node}" for node in _undocumented(tree, "")]
    assert missing == []


def _undocumented(parent: ast.Module | ast.ClassDef, prefix: str) -> Iterator[str]:
    for node in parent.body:
        if not isinstance(node, (ast.ClassDef, ast.FunctionDef)) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None:
            yield prefix + node.name
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node, f"{prefix}{node.name}.")


def test_docstrings_say_what_a_function_does() -> None:
    """A docstring of a public function begins with an imperative or a reference."""
    homely = re.compile(r"(The|A|An|What|Which|Whether|How|Where|True|All|Of|None)\b")
    found = []
    for name, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            is_value = any("property" in ast.unparse(item) for item in node.decorator_list)
            if not is_value and homely.match(ast.get_docstring(node) or ""):
                found.append(f"{name}.{node.name}")
    assert found == []


def test_no_line_is_wide() -> None:
    wide = []
    for folder in (*PACKAGES, "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if len(line) > WIDEST:
                    wide.append(f"{path.relative_to(ROOT)}:{number}")
    assert wide == []
