"""The linear map as a backbone."""

from __future__ import annotations

import pytest
import torch

from mome.errors import NotExpressible
from mome.recommend.backbone import BasketBackbone, question_of
from mome.recommend.head import fit_head
from mome.recommend.model import CONSTANT

NAMES = ("bread", "butter", "jam", "milk")
BASKETS = [((0, 1), 4), ((0, 1, 2), 2), ((2, 3), 1)]


@pytest.fixture(scope="module")
def backbone() -> BasketBackbone:
    return BasketBackbone((*NAMES, None, None), fit_head(BASKETS, 4, 6))


def test_a_state_is_the_set_of_known_items(backbone: BasketBackbone) -> None:
    states = backbone.states([question_of(["butter", "bread"]), '["caviar", "milk"]', "[]"])
    wanted = torch.zeros(3, 6)
    wanted[0, :2], wanted[1, 3], wanted[:, -1] = 2**-0.5, 1, CONSTANT
    torch.testing.assert_close(states, wanted)


def test_signatures_compare_sets(backbone: BasketBackbone) -> None:
    questions = ['["bread", "butter"]', '["bread", "butter", "jam"]', '["milk"]', "[]"]
    signs = backbone.question_state(questions)
    torch.testing.assert_close(signs.norm(dim=1), torch.tensor([1.0, 1, 1, 0]))
    assert float(signs[0] @ signs[1]) > 0.6 > 0.3 > abs(float(signs[0] @ signs[2]))


def test_only_other_items_of_the_catalogue_are_answers(backbone: BasketBackbone) -> None:
    one, everything = backbone.generate(['["bread"]', question_of(NAMES)], beams=10)
    assert {answer.answer for answer in one} == {"butter", "jam", "milk"}
    assert sum(answer.probability for answer in one) == pytest.approx(1, abs=1e-5)
    assert everything == []
    with pytest.raises(NotExpressible, match="caviar"):
        backbone.batch(['["bread"]'], ["caviar"])


def test_a_batch_and_its_rows(backbone: BasketBackbone) -> None:
    batch = backbone.batch(['["bread"]', '["jam"]'], ["butter", "milk"])
    logits, targets = backbone.answer_logits(backbone.select(batch, [1]))
    assert logits.shape == (1, 1, 6) and targets.tolist() == [[3]]
    assert float(backbone.loss(batch)) > 0
