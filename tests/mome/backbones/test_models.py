"""The table of open models."""

from __future__ import annotations

import re

from mome.backbones.models import MODELS, named, near


def test_every_model_is_pinned_and_has_a_source() -> None:
    for model in MODELS:
        assert re.fullmatch(r"[0-9a-f]{64}", model.sha256) and model.size > 10**7
        assert model.file.endswith(".gguf") and model.licence == "Apache-2.0"
        assert bool(model.repository) == bool(re.fullmatch(r"[0-9a-f]{40}", model.revision))
        assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", wheel) for wheel in model.wheels)
        assert model.repository or model.wheels
        assert bool(model.part) == bool(model.wheels)


def test_names_files_and_hashes_are_unique_and_no_paths() -> None:
    for field in ("name", "file", "sha256"):
        values = [getattr(model, field) for model in MODELS]
        assert len(set(values)) == len(values)
        assert not [value for value in values if "/" in value]


def test_a_model_is_found_by_its_name_or_repository() -> None:
    for model in MODELS:
        assert named(model.name) is model
        assert named(model.repository) is (model if model.repository else None)
    assert named("bundled") is None and named("") is None


def test_the_nearest_name_is_told() -> None:
    assert near("qwen2.5-coder-0.5") == "; did you mean qwen2.5-coder-0.5b?"
    assert near("/srv/models/of-mine") == ";"
