"""The README against what is there: a command, option, variable, make target or path that only one of them knows fails here."""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
import typer.core

import mome.answering.translation
import mome.cli.main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CODE = re.findall(r"^```\w*\n(.*?)^```", README, re.DOTALL | re.MULTILINE) + re.findall(
    r"`([^`\n]+)`", README
)
"""The fenced blocks and the inline code."""
VARIABLE = r"[A-Z][A-Z_]+"


def test_make_targets_are_documented_and_documented_ones_exist() -> None:
    documented = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(CODE)))
    assert documented == targets()


def test_every_make_target_is_in_its_own_help() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert set(re.findall(r"make ([a-z-]+)", listed)) >= targets()


def test_commands_are_documented_and_documented_ones_exist() -> None:
    documented = set(re.findall(r"(?<!from )\bmome ([a-z]+)\b", "\n".join(CODE)))
    assert documented == set(commands())


def test_documented_options_exist() -> None:
    used = [
        line.split()
        for code in CODE
        for line in code.splitlines()
        if re.match(r"mome [a-z]+ ", line)
    ]
    unknown = [
        (words[1], word)
        for words in used
        for word in words
        if word.startswith("--") and word not in options(words[1])
    ]
    assert unknown == []


def test_variables_are_documented_and_documented_ones_are_read() -> None:
    table = re.search(r"^\| variable \|.*?\n\n", README, re.DOTALL | re.MULTILINE)
    assert table is not None
    documented = set(re.findall(rf"^\| `({VARIABLE})` \|", table.group(), re.MULTILINE))
    assert documented == variables_of_the_makefile() | variables_of_the_source()


def test_documented_paths_exist() -> None:
    assert [str(path) for path in documented_paths() if not path.exists()] == []


def test_links_lead_somewhere() -> None:
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_python_example_uses_what_there_is() -> None:
    example = ast.parse(next(code for code in CODE if code.startswith("from mome")))
    names = {
        node.attr
        for node in ast.walk(example)
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "answer"
    }
    assert names <= {
        field.name for field in dataclasses.fields(mome.answering.translation.Translation)
    }
    imported = [
        alias.name
        for node in example.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert imported and all(hasattr(mome, name) for name in imported)


@pytest.mark.parametrize("target", ["demo", "tune", "app", "eval"])
def test_make_runs_commands_that_exist(target: str) -> None:
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert recipe is not None
    calls = re.findall(r"\$\(BIN\)/mome ([a-z]+)((?:[^\n]|(?<=\\)\n)*)", recipe.group(1))
    assert calls
    for command, arguments in calls:
        assert set(re.findall(r"--[a-z-]+", arguments)) <= options(command)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def commands() -> dict[str, typer.core.TyperCommand]:
    application = next(
        value for value in vars(mome.cli.main).values() if isinstance(value, typer.Typer)
    )
    group = typer.main.get_command(application)
    assert isinstance(group, typer.core.TyperGroup)
    return {name: command for name, command in group.commands.items() if not command.hidden}


def options(command: str) -> set[str]:
    return {
        name
        for parameter in commands()[command].params
        for name in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help"}


def documented_paths() -> Iterator[Path]:
    """The annotated file tree: two spaces of indentation for each folder."""
    tree = next(code for code in CODE if code.startswith("schemas/"))
    folder = ROOT
    for line in tree.splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            folder = ROOT / name
            yield folder
        else:
            yield folder / name


def variables_of_the_makefile() -> set[str]:
    return set(re.findall(rf"^({VARIABLE}) \?=", MAKEFILE, re.MULTILINE)) | set(
        re.findall(rf"\$\$\{{?({VARIABLE})", MAKEFILE)
    )


def variables_of_the_source() -> set[str]:
    """What our packages read from the environment, by whatever name Python knows it: a literal or a constant of the same module."""
    files = [
        path
        for package in ("app", "mome", "schemas", "training_data")
        for path in (ROOT / package).rglob("*.py")
    ]
    return {
        name
        for path in files
        for name in environment_reads(ast.parse(path.read_text(encoding="utf-8")))
    }


def environment_reads(tree: ast.Module) -> Iterator[str]:
    assignments = [node for node in tree.body if isinstance(node, ast.Assign)]
    constants = {
        target.id: node.value
        for node in assignments
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        for key in keys_read(node):
            value = constants.get(key.id) if isinstance(key, ast.Name) else key
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


def keys_read(node: ast.AST) -> list[ast.expr]:
    """The expressions that name a variable in `os.environ[X]`, `os.environ.get(X)`, `os.getenv(X)`, `X in os.environ`, `envvar=X`."""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="environ"), slice=key, ctx=ast.Load()):
            return [key]
        case ast.Call(
            func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get" | "pop"),
            args=[key, *_],
        ):
            return [key]
        case ast.Call(func=ast.Attribute(attr="getenv"), args=[key, *_]):
            return [key]
        case ast.Compare(left=key, comparators=[ast.Attribute(attr="environ")]):
            return [key]
        case ast.keyword(arg="envvar", value=ast.List(elts=keys) | ast.Tuple(elts=keys)):
            return keys
        case ast.keyword(arg="envvar", value=key):
            return [key]
    return []
