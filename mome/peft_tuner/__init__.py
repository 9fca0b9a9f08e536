"""The memory as a PEFT adapter: `get_peft_model(model, MomeConfig(...))`, then train, save, load and generate as with any other.

Importing this registers the method with `peft`; nothing else in `mome` needs it or imports it.
"""

from __future__ import annotations

from mome.peft_tuner.config import MomeConfig
from mome.peft_tuner.fitting import fit_router, settle
from mome.peft_tuner.model import MomeModel
from mome.peft_tuner.registration import register

register()

__all__ = ["MomeConfig", "MomeModel", "fit_router", "settle"]
