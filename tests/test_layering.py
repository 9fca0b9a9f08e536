"""Who may import whom, proved in fresh interpreters: an embedder gets `mome`'s inference half and
none of our other packages.
"""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import json
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
OURS = {"app", "mome", "schemas", "training_data"}
TUNING_HALF = (
    "mome.answering.batch",
    "mome.cli",
    "mome.evaluation",
    "mome.pretrain",
    "mome.tune",
)
"""What writes and measures memories; all else in `mome` is the inference half. A name stands for
the module and what is under it.
"""
MAY_IMPORT = {
    "schemas": {"mome"},
    "training_data": {"schemas"},
    "mome": set(),
    "tuning half of mome": {"schemas", "training_data"},
    "app": {"mome", "schemas"},
}
NEVER_IMPORTED = {"accelerate", "gguf", "numpy", "pytz"}
"""Dependencies that no file imports: torch needs numpy for `Tensor.numpy()`, DuckDB's driver pytz
for time stamps with a zone, and transformers the other two for GGUF files.
"""


POSIX = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty")
"""Modules of the standard library that Windows does not have."""
# Other packages choose by the platform, so only our own imports are refused.
WITHOUT_POSIX = f"""
import builtins
real = builtins.__import__
def refuse(name, globals=None, *rest, **named):
    ours = str((globals or {{}}).get("__name__")).partition(".")[0] in {sorted(OURS)!r}
    if ours and name.partition(".")[0] in {POSIX!r}:
        raise ModuleNotFoundError(name)
    return real(name, globals, *rest, **named)
builtins.__import__ = refuse
"""


def test_importing_mome_does_no_work() -> None:
    assert not loaded_by("import mome") & {
        "torch",
        "transformers",
        "sqlglot",
        "numpy",
        *OURS - {"mome"},
    }


def test_the_translator_brings_none_of_our_other_packages_and_no_database_or_page() -> None:
    unwanted = {
        "schemas",
        "training_data",
        "app",
        "streamlit",
        "sqlalchemy",
        "duckdb",
        "pandas",
        "typer",
    }
    assert not loaded_by("import mome; mome.Translator") & unwanted


def test_the_command_line_starts_without_torch() -> None:
    """A mistyped word is told at once."""
    assert not loaded_by("import mome.cli.main") & {"torch", "transformers", "streamlit"}


def test_the_page_starts_without_torch() -> None:
    """It says that it loads the memory while it does."""
    assert not loaded_by("import app.main") & {"torch", "transformers"}


def test_schemas_needs_of_mome_only_how_sources_are_read() -> None:
    reached = set()
    for path in (ROOT / "schemas").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mome"):
                reached.add(".".join(node.module.split(".")[:2]))
    assert reached == {"mome.sources"}
    assert not loaded_by(import_all("schemas")) & {
        "training_data",
        "app",
        "torch",
        "sqlglot",
        "streamlit",
    }


def test_training_data_needs_schemas_only() -> None:
    assert not loaded_by(import_all("training_data")) & {
        "app",
        "torch",
        "transformers",
        "streamlit",
    }


def test_the_inference_half_brings_none_of_our_other_packages_and_peft_for_its_tuner_alone() -> (
    None
):
    """In one interpreter, for importing transformers takes seconds."""
    code = [
        import_all("mome", without=(*TUNING_HALF, "mome.peft_tuner")),
        "import sys; assert 'peft' not in sys.modules",
        import_all("mome", without=TUNING_HALF),
    ]
    assert not loaded_by("\n".join(code)) & (OURS - {"mome"})


@pytest.mark.parametrize("package", sorted(OURS))
def test_no_module_reaches_further_even_inside_a_function(package: str) -> None:
    reached = {
        path: imported_by(path) & OURS - {package} - MAY_IMPORT[half_of(path)]
        for path in (ROOT / package).rglob("*.py")
    }
    assert {str(path.relative_to(ROOT)): names for path, names in reached.items() if names} == {}


def test_no_module_needs_what_only_posix_has() -> None:
    """Everything can be imported on Windows, where these modules do not exist."""
    loaded_by("\n".join([WITHOUT_POSIX, *map(import_all, sorted(OURS))]))


def test_tests_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py")), (
        "tests/mome/__init__.py would hijack `import mome`"
    )


def test_no_file_of_the_app_shadows_a_package() -> None:
    """Streamlit puts the folder of its script first on sys.path."""
    assert not {path.stem for path in (ROOT / "app").iterdir()} & (
        OURS | set(sys.stdlib_module_names) | {"streamlit"}
    )


def test_what_is_imported_is_declared_and_what_is_declared_is_used() -> None:
    declared, imported = declared_by("dependencies"), third_party(*OURS)
    assert imported - declared - declared_by("peft") - declared_by("pretrain") == set()
    assert declared - imported == NEVER_IMPORTED


def test_what_the_tests_import_is_declared() -> None:
    folder = ROOT / "tests" / "shared"
    shared = {canonicalize_name(path.stem) for path in folder.glob("*.py")}
    found = third_party("tests") - shared
    assert found - declared_by("dependencies") - declared_by("test") == set()


def test_every_declared_dependency_is_pinned() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = {name for name, is_pin, _ in (line.partition("==") for line in lines) if is_pin}
    assert (
        declared_by("dependencies")
        | declared_by("test")
        | declared_by("peft")
        | declared_by("pretrain")
        <= pins
    )


def declared_by(group: str) -> set[str]:
    """The distributions that pyproject.toml names in `dependencies` or in one of the extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = (
        project["dependencies"]
        if group == "dependencies"
        else project["optional-dependencies"][group]
    )
    return {canonicalize_name(Requirement(text).name) for text in texts}


def third_party(*folders: str) -> set[str]:
    """The distributions that the files under these folders import, the standard library, ourselves
    and benchmarks of each other aside.
    """
    names = {
        name
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for name in imported_by(path)
    }
    local = {"conftest", *(path.stem for path in (ROOT / "tests/benchmarks").glob("*.py"))}
    return {
        canonicalize_name(owners().get(name, [name])[0])
        for name in names - OURS - local - sys.stdlib_module_names
    }


@functools.cache
def owners() -> Mapping[str, list[str]]:
    """The distributions that hold a top-level name; slow to find out."""
    return importlib.metadata.packages_distributions()


def loaded_by(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after this code."""
    report = (
        "import json, sys; print('LOADED', "
        "json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.rpartition("LOADED ")[2]))


def import_all(package: str, *, without: Sequence[str] = ()) -> str:
    """Code that imports every module of the package but those at or under `without`."""
    names = [
        name for name in modules_of(package) if not any(is_under(name, other) for other in without)
    ]
    return "\n".join(f"import {name}" for name in names)


def modules_of(package: str) -> list[str]:
    files = sorted(path for path in (ROOT / package).rglob("*.py") if path.name != "__main__.py")
    return [name_of(path).removesuffix(".__init__") for path in files]


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def is_under(name: str, other: str) -> bool:
    return name == other or name.startswith(f"{other}.")


def half_of(path: Path) -> str:
    name = name_of(path)
    tuning = any(is_under(name, other) for other in TUNING_HALF)
    return "tuning half of mome" if tuning else name.partition(".")[0]


def imported_by(path: Path) -> set[str]:
    """Top-level names that the file imports anywhere, at its top or inside a function."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.partition(".")[0])
    return names
