"""Where products in bfloat16 are faster than in float32."""

from __future__ import annotations

import torch


def has_bfloat16(device: str) -> bool:
    """Return whether a device computes bfloat16 products faster than float32.

    `device`: its type, such as "cpu" or "cuda". CPUs without instructions for it are many times
    slower with bfloat16.
    """
    if device != "cpu":
        return True
    known: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))
