"""The memory's arithmetic: Triton kernels on a GPU, pure-torch twins of the same names on the CPU.

The router, the memory layers and training call these functions, which choose the implementation.
Triton is imported only where its kernels run.
"""

from __future__ import annotations

from mome.kernels.backend import backend, forced
from mome.kernels.functions import adam, expand, input_vectors, reduce_duplicates, shrink, top_k
from mome.kernels.inputs import InputVectors

__all__ = [
    "InputVectors",
    "adam",
    "backend",
    "expand",
    "forced",
    "input_vectors",
    "reduce_duplicates",
    "shrink",
    "top_k",
]
