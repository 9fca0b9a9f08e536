"""The generator gives the same bits in a kernel as in torch."""

from __future__ import annotations

import pytest
import torch

from mome.kernels import gpu, twins


@pytest.mark.parametrize("width", [1, 63, 64, 100, 384])
@pytest.mark.parametrize(("seed", "layer"), [(0, 0), (7, 3), (2**63 - 1, 40)])
def test_every_bit_equals_that_of_the_twin(
    width: int, seed: int, layer: int, device: torch.device, random: torch.Generator
) -> None:
    limits = torch.tensor([0, 1, 2**24 - 1, 2**40])
    ids = torch.cat([limits, torch.randint(2**24, (59,), generator=random)]).view(7, 9)
    vectors = gpu.input_vectors(ids.to(device), width, seed=seed, layer=layer)
    assert torch.equal(vectors.cpu(), twins.input_vectors(ids, width, seed=seed, layer=layer))
