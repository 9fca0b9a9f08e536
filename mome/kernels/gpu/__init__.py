"""The kernels in Triton, each with its twin of the same name in `mome.kernels.twins`.

`backend.operations` imports this package where a GPU computes or Triton interprets.
"""

from __future__ import annotations

from mome.kernels.gpu.adam import adam
from mome.kernels.gpu.duplicates import reduce_duplicates
from mome.kernels.gpu.expand import expand, expand_backward, gathered
from mome.kernels.gpu.generator import input_vectors
from mome.kernels.gpu.launch import INTERPRETED
from mome.kernels.gpu.product_keys import top_k
from mome.kernels.gpu.shrink import shrink, shrink_backward

__all__ = [
    "INTERPRETED",
    "adam",
    "expand",
    "expand_backward",
    "gathered",
    "input_vectors",
    "reduce_duplicates",
    "shrink",
    "shrink_backward",
    "top_k",
]
