"""A frozen causal model with a low-rank adapter that acts on questions and answers alone.

The schema in front of them is read by the model as it is, once for all questions of a group and
without gradients: its keys and values do not depend on the adapter (activated LoRA, Greenewald et
al. 2025, arXiv:2504.12397). At inference they are the same for every question about a database.

Axis legend: `s` tokens of a schema, `b` questions, `t` tokens of a question with its answer, `d`
width, `n` their tokens without padding, `v` vocabulary.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional
from transformers import DynamicCache

from mome.backbones.causal_model import CausalBackbone
from mome.backbones.loading import load
from mome.errors import BackboneError
from mome.pretrain.skill.rows import UNPREDICTED, SkillBatch

RANK = 32
ALPHA = 64
"""The adapter's scale is ALPHA / RANK = 2, a common choice."""


def load_base(base: str) -> CausalBackbone:
    """Load the model to teach. Raises BackboneError if it is no causal language model."""
    backbone = load(base)
    if not isinstance(backbone, CausalBackbone):
        raise BackboneError(
            f"{base} is no causal language model; without --base the bundled model is trained"
        )
    return backbone


class SkillModel:
    """The model with a new adapter, or the one that `restore` takes over.

    Raises BackboneError if peft is not installed.
    """

    def __init__(self, backbone: CausalBackbone, device: str, dtype: torch.dtype) -> None:
        """`dtype`: in which the model computes."""
        try:
            from peft import LoraConfig, get_peft_model
        except ImportError as error:
            raise BackboneError(
                "training an adapter needs peft: pip install 'mome[pretrain]'"
            ) from error
        self.dtype = dtype
        self.device = device
        self.model = backbone.model.to(device, dtype)
        config = LoraConfig(
            r=RANK, lora_alpha=ALPHA, target_modules="all-linear", task_type="CAUSAL_LM"
        )
        # PEFT keeps an adapter's weights in float32 beside a model in bfloat16.
        self.peft_model = get_peft_model(self.model, config)

    @property
    def parameters(self) -> list[torch.nn.Parameter]:
        """Return the adapter's weights."""
        return [weight for weight in self.peft_model.parameters() if weight.requires_grad]

    def logits(self, batch: SkillBatch) -> tuple[Tensor, Tensor]:
        """Return logits (m, v) and targets (m,) of a batch's `m` answer tokens."""
        with torch.autocast(self.device, torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            states = self._states(batch)
            targets = batch.targets[batch.mask.bool()]
            predicted = targets != UNPREDICTED
            # The output layer of a small model costs a quarter of its time: answers alone need it.
            logits = self.model.get_output_embeddings()(states[predicted])
        return logits.float(), targets[predicted]

    def loss(self, batch: SkillBatch) -> Tensor:
        """Return the sum of the cross-entropies of a batch's answer tokens."""
        return functional.cross_entropy(*self.logits(batch), reduction="sum")

    def _states(self, batch: SkillBatch) -> Tensor:
        """Return the last hidden states of all tokens of questions and answers (n, d)."""
        decoder = self.model.get_decoder()
        cache = DynamicCache(config=self.model.config)
        with torch.no_grad(), self.peft_model.disable_adapter():
            decoder(input_ids=batch.schema, past_key_values=cache, use_cache=True)
        # All questions stand in one row, each seeing the schema and itself: padding them to one
        # length would add half of their tokens.
        kept = batch.mask.bool()
        row, place = kept.nonzero(as_tuple=True)
        states = decoder(
            input_ids=batch.ids[kept][None],
            position_ids=(batch.schema.shape[1] + place)[None],
            attention_mask=self._mask(batch.schema.shape[1], row, place),
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state
        return states[0]

    def _mask(self, schema: int, row: Tensor, place: Tensor) -> Tensor:
        """Return what each token sees, as numbers to add (1, 1, n, s + n).

        `row` and `place`: the question and the position in it of each token (n,).
        """
        own = (row[:, None] == row) & (place[:, None] >= place)
        seen = functional.pad(own, (schema, 0), value=True)
        least = torch.finfo(self.dtype).min
        return torch.zeros_like(seen, dtype=self.dtype).masked_fill(~seen, least)[None, None]

    def state(self) -> dict[str, Tensor]:
        """Return the adapter's weights by name."""
        from peft import get_peft_model_state_dict

        # No embedding is trained; by default PEFT looks the base model up on the hub to see.
        return get_peft_model_state_dict(self.peft_model, save_embedding_layers=False)

    def restore(self, state: dict[str, Tensor]) -> None:
        """Take over what `state` returned."""
        from peft import set_peft_model_state_dict

        set_peft_model_state_dict(self.peft_model, state)

    def export(self, folder: Path, base: str) -> None:
        """Write the adapter to `folder` as PEFT does, in bfloat16. `base`: name of the model."""
        # Else it is the path of the model on this machine.
        self.peft_model.peft_config["default"].base_model_name_or_path = base
        state = {name: weight.to(torch.bfloat16) for name, weight in self.state().items()}
        self.peft_model.save_pretrained(folder, state_dict=state, save_embedding_layers=False)
        # PEFT's model card is an empty form.
        (folder / "README.md").unlink()
