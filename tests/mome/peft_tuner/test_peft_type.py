"""The method's member in PEFT's enum, with the version of PEFT that requirements.txt names."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import peft
from peft import PeftType

from mome.peft_tuner.peft_type import MOME, _member


def test_the_version_is_the_pinned_one() -> None:
    pins = (Path(__file__).parents[3] / "requirements.txt").read_text(encoding="utf-8")
    assert f"\npeft=={version('peft')} \\\n" in pins
    assert peft.__version__.startswith("0.21.")


def test_the_type_is_a_member_like_the_others() -> None:
    assert PeftType("MOME") is PeftType["MOME"] is PeftType.MOME is MOME
    assert MOME in list(PeftType)
    assert "MOME" in list(PeftType)
    assert MOME == "MOME"
    assert hash(MOME) == hash("MOME")


def test_adding_the_member_again_changes_nothing() -> None:
    before = list(PeftType)
    assert _member("MOME") is MOME
    assert list(PeftType) == before
