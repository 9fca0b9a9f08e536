"""README.md and docs/ against the code: commands, options, variables, make targets, paths, links
and examples that only one of them knows fail here.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import typer
import typer.core

import mome.answering.translation
import mome.cli.main

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("app", "mome", "schemas", "training_data")
README = ROOT / "README.md"
COMMAND_LINE = ROOT / "docs" / "command-line.md"
PAGES = (README, *sorted((ROOT / "docs").glob("*.md")))
TEXTS = {path: path.read_text(encoding="utf-8") for path in PAGES}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
VARIABLE = r"[A-Z][A-Z_]+"
LONGEST_README = 140
LONGEST_LINE = 100
OF_A_WORKPLACE = re.compile(
    r"(?<![\w.~])/(?:work|tmp|root|home)/"
    r"|\bissues?\b|\bpull requests?\b|\bthis session\b|\bcoding sessions?\b",
    re.IGNORECASE,
)
"""Machine paths, and words about how the project is worked on. The pages speak of the project only.
"""


def fences(text: str) -> list[tuple[str, str]]:
    """Return (language, code) of each fenced block."""
    return FENCED.findall(text)


def code_of(text: str) -> list[str]:
    """Return the fenced blocks and the inline code."""
    blocks = [code for _, code in fences(text)]
    return blocks + INLINE.findall(FENCED.sub("", text))


CODE = [code for text in TEXTS.values() for code in code_of(text)]


def test_make_targets_are_documented_and_documented_ones_exist() -> None:
    documented = set(re.findall(r"\bmake ([a-z-]+)", "\n".join(CODE)))
    assert documented == targets()


def test_every_make_target_is_in_its_own_help() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert set(re.findall(r"make ([a-z-]+)", listed)) >= targets()


def test_commands_are_documented_and_documented_ones_exist() -> None:
    calls = re.findall(r"(?<!from )\bmome ([a-z]+)\b(?: ([a-z]+)\b)?", "\n".join(CODE))
    assert {command_of(words) for words in calls} == set(commands())


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
        if word.startswith("--") and word not in options(command_of(words[1:3]))
    ]
    assert unknown == []


def test_every_command_has_a_table_of_its_options() -> None:
    documented = {command: documented_options(command) for command in commands()}
    assert documented == {command: long_options(command) for command in commands()}


def test_variables_are_documented_and_documented_ones_are_read() -> None:
    table = re.search(r"^\| variable \|.*?\n\n", TEXTS[COMMAND_LINE], re.DOTALL | re.MULTILINE)
    assert table is not None
    documented = set(re.findall(rf"^\| `({VARIABLE})` \|", table.group(), re.MULTILINE))
    assert documented == variables_of_the_makefile() | variables_of_the_source()


def test_paths_of_the_tree_exist() -> None:
    assert [str(path) for path in tree() if not path.exists()] == []


def test_every_folder_with_python_files_is_in_the_tree() -> None:
    folders = {path.parent for package in PACKAGES for path in (ROOT / package).rglob("*.py")}
    assert sorted(folders - set(tree())) == []


def test_the_readme_is_short() -> None:
    assert len(TEXTS[README].splitlines()) <= LONGEST_README


def test_lines_are_short_outside_tables() -> None:
    too_long = [
        f"{path.name}, line {number}"
        for path, number, line in lines()
        if len(line) > LONGEST_LINE and not line.startswith("|")
    ]
    assert too_long == []


def test_pages_speak_of_the_project_only() -> None:
    found = [
        f"{path.name}, line {number}: {line}"
        for path, number, line in lines()
        if OF_A_WORKPLACE.search(line)
    ]
    assert found == []


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {target for page, target, _ in links() if page == README}
    assert [path.name for path in PAGES if path not in {README, *linked}] == []


def test_links_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {target.name}#{heading}"
        for page, target, heading in links()
        if not target.exists() or (heading and heading not in headings(target))
    ]
    assert broken == []


def test_the_python_example_uses_what_there_is() -> None:
    example = next(code for language, code in fences(TEXTS[README]) if language == "python")
    names = {
        node.attr
        for node in ast.walk(ast.parse(example))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "answer"
    }
    assert names
    answer = mome.answering.translation.Translation
    fields = {field.name for field in dataclasses.fields(answer)}
    assert {name for name in names - fields if not hasattr(answer, name)} == set()


def test_python_examples_import_what_there_is() -> None:
    imported = list(imports_of_examples())
    assert ("mome", "Translator") in imported
    missing = [
        f"from {module} import {name}"
        for module, name in imported
        if not hasattr(importlib.import_module(module), name)
    ]
    assert missing == []


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
    group = typer.main.get_command(mome.cli.main.app)
    assert isinstance(group, typer.core.TyperGroup)
    found = {}
    for name, command in group.commands.items():
        if not command.hidden:
            found[name] = command
        for second, inner in getattr(command, "commands", {}).items():
            found[f"{name} {second}"] = inner
    return found


def command_of(words: Sequence[str]) -> str:
    """The command that these words begin with: `models get`, or the first word alone."""
    both = " ".join(words)
    return both if both in commands() else words[0]


def options(command: str) -> set[str]:
    return {
        name
        for parameter in commands()[command].params
        for name in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help"}


def long_options(command: str) -> set[str]:
    """The options of a command without `--help`; arguments are none."""
    return {name for name in options(command) if name.startswith("--")} - {"--help"}


def documented_options(command: str) -> set[str]:
    """The first column of the table in the command's section of docs/command-line.md."""
    section = re.search(
        rf"^## `mome {command}`\n(.*?)(?=^## |\Z)",
        TEXTS[COMMAND_LINE],
        re.DOTALL | re.MULTILINE,
    )
    assert section is not None, f"docs/command-line.md has no section on mome {command}"
    return set(re.findall(r"^\| `(--[a-z-]+)", section.group(1), re.MULTILINE))


def lines() -> Iterator[tuple[Path, int, str]]:
    for path, text in TEXTS.items():
        for number, line in enumerate(text.splitlines(), 1):
            yield path, number, line


def links() -> Iterator[tuple[Path, Path, str]]:
    """Each local link: its page, the file that it names, and the heading in this; "" for none."""
    for page, text in TEXTS.items():
        for link in LINK.findall(FENCED.sub("", text)):
            if "://" in link:
                continue
            name, _, heading = link.partition("#")
            target = (page.parent / name).resolve() if name else page
            yield page, target, heading


def headings(page: Path) -> set[str]:
    """The anchors that GitHub gives to the headings of a page."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def tree() -> list[Path]:
    """The paths of the README's file tree: two spaces of indentation for each level."""
    block = next(code for _, code in fences(TEXTS[README]) if code.startswith("app/"))
    found: list[Path] = []
    parents = [ROOT]
    for line in block.splitlines():
        level = (len(line) - len(line.lstrip())) // 2
        path = parents[level] / line.split()[0]
        parents[level + 1 :] = [path]
        found.append(path)
    return found


def imports_of_examples() -> Iterator[tuple[str, str]]:
    """(module, name) of each `from mome... import name` in the Python examples of all pages."""
    for text in TEXTS.values():
        for language, code in fences(text):
            for node in ast.walk(ast.parse(code)) if language == "python" else ():
                if isinstance(node, ast.ImportFrom) and str(node.module).startswith("mome"):
                    for alias in node.names:
                        yield str(node.module), alias.name


def variables_of_the_makefile() -> set[str]:
    return set(re.findall(rf"^({VARIABLE}) \?=", MAKEFILE, re.MULTILINE)) | set(
        re.findall(rf"\$\$\{{?({VARIABLE})", MAKEFILE)
    )


def variables_of_the_source() -> set[str]:
    """Variables that our packages read from the environment, named by a literal or by a constant of
    the same module.
    """
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
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
    """The expressions that name a variable: X in `os.environ[X]`, `os.environ.get(X)`,
    `os.getenv(X)`, `X in os.environ` and `envvar=X`.
    """
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
