"""A memory as a PEFT adapter.

`get_peft_model(model, MomeConfig(...))` adds one; it is trained, saved, loaded and used for
generation like any other adapter. Importing this package registers the method with `peft`.
No other module of `mome` imports this package.
"""

from __future__ import annotations

from mome.peft_tuner.config import MomeConfig
from mome.peft_tuner.fitting import fit_router, settle
from mome.peft_tuner.model import MomeModel
from mome.peft_tuner.registration import register

register()

__all__ = ["MomeConfig", "MomeModel", "fit_router", "settle"]
