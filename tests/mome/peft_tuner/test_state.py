"""State dicts hold the experts, however they are saved and loaded, or loading says what is
missing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import (
    PeftModel,
    get_peft_model,
    get_peft_model_state_dict,
    set_peft_model_state_dict,
)

from mome.errors import BackboneError

pytestmark = [
    pytest.mark.filterwarnings("ignore:Adapter name .* should not be contained:UserWarning"),
    pytest.mark.filterwarnings("ignore:Version v4.12.0 introduces:FutureWarning"),
]
"""PEFT warns about names that it would lose itself, and transformers at every loss of an
encoder-decoder that is made of two models.
"""


def fresh(trained: Any, *names: str) -> Any:
    """A model with untrained adapters of these names, of which the first is active."""
    first, *others = names or ("default",)
    model = get_peft_model(trained.subject.model(), trained.subject.config(), adapter_name=first)
    for name in others:
        model.add_adapter(name, trained.subject.config())
    return model.eval()


def knows(model: Any, trained: Any) -> bool:
    return trained.subject.answers(model, trained.facts) == trained.answers


def test_a_whole_model_s_state_dict_holds_all(trained: Any, tmp_path: Path) -> None:
    torch.save(trained.model.state_dict(), tmp_path / "model.pt")
    model = fresh(trained)
    told = model.load_state_dict(torch.load(tmp_path / "model.pt"))
    assert not told.missing_keys and not told.unexpected_keys
    assert knows(model, trained)
    holders = [one.get_base_model().mome for one in (model, trained.model)]
    assert holders[0].router("default").hash == holders[1].router("default").hash
    assert holders[0].adapters["default"].hash == holders[1].adapters["default"].hash


def test_what_is_loaded_does_not_change_with_what_it_was_loaded_from(trained_llama: Any) -> None:
    state = {key: value.clone() for key, value in trained_llama.model.state_dict().items()}
    model = fresh(trained_llama)
    model.load_state_dict(state)
    for value in state.values():
        value.zero_()
    assert knows(model, trained_llama)


@pytest.mark.parametrize("name", ["default", "mome", "mome_router", "mean", "rows", "first", "0"])
def test_an_adapter_s_state_dict_fits_under_any_name(trained_llama: Any, name: str) -> None:
    model = fresh(trained_llama, name)
    state = get_peft_model_state_dict(trained_llama.model)
    told = set_peft_model_state_dict(model, state, adapter_name=name)
    assert not told.unexpected_keys
    assert not [key for key in told.missing_keys if ".mome.mome_router." in key]
    assert knows(model, trained_llama)
    again = get_peft_model_state_dict(model, adapter_name=name)
    assert again.keys() == state.keys()
    assert all(torch.equal(again[key], state[key]) for key in state)


@pytest.mark.parametrize("other", ["mome", "mome_router", "model", "known"])
def test_one_of_several_adapters_is_saved_whole(
    trained_llama: Any, other: str, tmp_path: Path
) -> None:
    """PEFT leaves out every key that contains another adapter's name."""
    model = fresh(trained_llama, "default", other)
    set_peft_model_state_dict(model, get_peft_model_state_dict(trained_llama.model))
    model.save_pretrained(tmp_path)
    subject = trained_llama.subject
    assert knows(PeftModel.from_pretrained(subject.model(), tmp_path), trained_llama)
    empty = PeftModel.from_pretrained(subject.model(), tmp_path / other)
    assert subject.answers(empty, trained_llama.facts) != trained_llama.answers


def test_an_adapter_moves_to_another_name_and_the_first_one_goes(trained_llama: Any) -> None:
    model = fresh(trained_llama)
    model.load_adapter(trained_llama.folder, "second")
    state = get_peft_model_state_dict(model, adapter_name="second")
    model.add_adapter("third", trained_llama.subject.config())
    set_peft_model_state_dict(model, state, adapter_name="third")
    model.set_adapter("third")
    model.delete_adapter("second")
    model.delete_adapter("default")
    assert knows(model.eval(), trained_llama)
    assert not [key for key in model.state_dict() if ".second." in key or ".default." in key]


def test_a_state_dict_without_experts_is_told(trained_llama: Any) -> None:
    state = trained_llama.model.state_dict()
    del state["base_model.model.mome.mome_router.default.ids"]
    model = fresh(trained_llama)
    with pytest.raises(RuntimeError, match="mome_router.default.ids"):
        model.load_state_dict(state)
    missing = model.load_state_dict(state, strict=False).missing_keys
    assert missing == ["base_model.model.mome.mome_router.default.ids"]


def test_transformers_loads_them_too(trained_llama: Any) -> None:
    model = trained_llama.subject.model()
    model.load_adapter(str(trained_llama.folder), "mine")
    assert knows(model.eval(), trained_llama)
    model = trained_llama.subject.model()
    state = get_peft_model_state_dict(trained_llama.model)
    model.load_adapter(peft_config=trained_llama.subject.config(), adapter_state_dict=dict(state))
    assert knows(model.eval(), trained_llama)
    del state["base_model.model.mome.mome_router.known"]
    with pytest.raises(ValueError, match="lacks the experts' known"):
        trained_llama.subject.model().load_adapter(
            peft_config=trained_llama.subject.config(), adapter_state_dict=state
        )


def test_rows_that_do_not_fit_are_told(trained_llama: Any) -> None:
    state = trained_llama.model.state_dict()
    key = "base_model.model.mome.mome_router.default.rows.0"
    state[key] = state[key][1:]
    with pytest.raises(RuntimeError, match="the experts of .* do not fit"):
        fresh(trained_llama).load_state_dict(state)


@pytest.mark.parametrize("name", ["a.b", "", "keys", "training"])
def test_a_name_that_torch_cannot_use_is_refused(llama: Any, name: str) -> None:
    with pytest.raises(BackboneError, match="give it another name"):
        get_peft_model(llama.model(), llama.config(), adapter_name=name)
