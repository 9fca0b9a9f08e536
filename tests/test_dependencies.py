"""What is installed: every package is pinned with hashes, and docs/dependencies.md lists it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-cuda.txt")
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^ ]+)(?: ;[^\n]*)?(?P<hashes>.*)", re.DOTALL)
ROW = re.compile(
    r"^\| (?P<name>[a-z0-9-]+) \| (?P<version>\d\S*) \| (?P<licence>[^|]+) \|", re.MULTILINE
)


def blocks() -> Iterator[re.Match[str]]:
    """Each requirement with its hashes."""
    for file in FILES:
        text = (ROOT / file).read_text(encoding="utf-8")
        for block in re.split(r"\n(?=[a-z])", text)[1:]:
            found = PIN.match(block)
            assert found is not None, block
            yield found


def pins() -> dict[str, str]:
    """Versions by package."""
    return {block["name"]: block["version"] for block in blocks()}


def rows() -> dict[str, tuple[str, str]]:
    """Version and licence by package, as the page lists them."""
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    return {row["name"]: (row["version"], row["licence"]) for row in ROW.finditer(text)}


def installed() -> dict[str, Distribution]:
    """The packages that are installed here and pinned."""
    known = pins()
    found = {canonicalize_name(package.name): package for package in distributions()}
    return {name: package for name, package in found.items() if name in known}


def test_every_pin_has_hashes_and_nothing_else_is_listed() -> None:
    without = [block["name"] for block in blocks() if "--hash=sha256:" not in block["hashes"]]
    assert without == []
    lines = "".join((ROOT / file).read_text(encoding="utf-8") for file in FILES).splitlines()
    odd = [line for line in lines if not re.match(r"#|[a-z0-9-]+==|    --hash=sha256:", line)]
    assert odd == []


def test_what_is_installed_is_what_is_pinned() -> None:
    known = pins()
    # A build of torch has a local label, such as 2.13.0+cpu.
    found = {name: package.version.partition("+")[0] for name, package in installed().items()}
    assert {name: version for name, version in found.items() if version != known[name]} == {}
    assert {"torch", "streamlit", "pytest"} <= set(found)


def test_the_build_of_torch_without_cuda_is_of_the_same_version() -> None:
    text = (ROOT / "requirements-cpu.txt").read_text(encoding="utf-8")
    assert f"\ntorch=={pins()['torch']}+cpu \\\n    --hash=sha256:" in text


def test_the_page_lists_every_package_with_its_version() -> None:
    assert {name: version for name, (version, _) in rows().items()} == pins()


def test_licences_are_those_of_the_packages() -> None:
    listed = {name: licence for name, (_, licence) in rows().items()}
    found = {name: licence(package) for name, package in installed().items()}
    assert {name: text for name, text in found.items() if listed[name] != text} == {}


def licence(package: Distribution) -> str:
    """What a package's metadata says: an SPDX expression, a short text, or the classifiers."""
    metadata = package.metadata
    if metadata.get("License-Expression"):
        return metadata["License-Expression"]
    text = (metadata.get("License") or "").strip()
    # Some packages put the whole licence there.
    if text and len(text) < 60 and "\n" not in text:
        return text
    named = [
        line.rpartition(" :: ")[2]
        for line in metadata.get_all("Classifier", [])
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    return " and ".join(named) or "not stated"
