"""Labels and memory are stored together; what is damaged, or is no memory of labels, is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from mome.artifacts.checksums import CHECKSUMS, write_checksums
from mome.classify.known_labels import FORMAT, HEAD, KnownLabels, LabelSet, example_id, fact_of
from mome.errors import BrokenMemory, MemoryError_, NoMemory, OtherBackbone


def test_a_set_is_read_as_it_was_written(shared_tickets: Path) -> None:
    known = KnownLabels.load(shared_tickets)
    version = (shared_tickets / "current").resolve()
    files = known.labels.files()
    assert {name: (version / name).read_bytes() for name in files} == files
    assert known.labels.names == ("account", "delivery", "refund")
    assert known.labels.forgotten == frozenset()
    again = LabelSet.read(version)
    assert again.confidence == known.labels.confidence
    assert torch.equal(again.head.vectors, known.labels.head.vectors)


def test_names_keep_their_vectors_and_new_ones_get_new_rows(shared_tickets: Path) -> None:
    labels = KnownLabels.load(shared_tickets).labels
    new = torch.ones(1, labels.head.vectors.shape[1])
    changed = labels.with_names(("refund", "other", "account"), new)
    assert changed.names == ("refund", "other", "account")
    assert torch.equal(changed.head.vectors[0], labels.head.vectors[2])
    assert torch.equal(changed.head.vectors[1], new[0])
    assert torch.equal(changed.head.vectors[2], labels.head.vectors[0])
    facts = [fact_of("a", "other", learned=True), fact_of("b", "account", learned=False)]
    assert changed.owners(facts).tolist() == [1, 2]


def test_the_id_of_an_example_is_that_of_its_text() -> None:
    one, other = fact_of("hello", "a", learned=False), fact_of("hello", "b", learned=True)
    assert one.id == other.id == example_id("hello") != example_id("Hello")
    assert (one.kind, other.kind) == ("label", "learned label")


def test_no_memory(tmp_path: Path) -> None:
    with pytest.raises(NoMemory):
        KnownLabels.load(tmp_path)


def test_a_memory_of_a_database(own_memory: Path) -> None:
    (own_memory / "current" / "labels.json").unlink()
    with pytest.raises(MemoryError_, match="has no labels; make one of labels"):
        KnownLabels.load(own_memory)


@pytest.mark.parametrize("name", [HEAD, "labels.json", "adapter_model.safetensors"])
def test_a_damaged_file_is_told(own_memory: Path, name: str) -> None:
    path = own_memory / "current" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BrokenMemory, match="has changed since it was written"):
        KnownLabels.load(own_memory)


def test_labels_that_say_something_else(own_memory: Path) -> None:
    version = (own_memory / "current").resolve()
    for said, error, told in (
        ({"format": FORMAT, "names": ["a"]}, BrokenMemory, "KeyError while reading the labels"),
        ({"format": 1, "names": ["a"]}, OtherBackbone, "another version of this program: tune aga"),
    ):
        (version / "labels.json").write_text(json.dumps(said), "utf-8")
        (version / CHECKSUMS).unlink()
        write_checksums(version)
        with pytest.raises(error, match=told):
            KnownLabels.load(own_memory)


def test_a_memory_of_another_encoder(own_memory: Path) -> None:
    version = (own_memory / "current").resolve()
    config = json.loads((version / "adapter_config.json").read_text("utf-8"))
    config["backbone"] = "0" * 64
    (version / "adapter_config.json").write_text(json.dumps(config), "utf-8")
    (version / CHECKSUMS).unlink()
    write_checksums(version)
    with pytest.raises(OtherBackbone):
        KnownLabels.load(own_memory)
