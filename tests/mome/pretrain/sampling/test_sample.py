"""Sampled questions find something, are asked once, and say what their form says."""

from __future__ import annotations

import re
from pathlib import Path

from mome.pretrain.sampling import lists
from mome.pretrain.sampling.drafts import SampleDraft
from mome.pretrain.sampling.sample import FAMILIES, Sampler, run, sample_questions
from mome.pretrain.sampling.scene import Scene
from schemas import introspect, resolve_url
from training_data.language.words import normalise


def test_every_question_is_asked_once_and_its_form_runs(scene: Scene) -> None:
    questions = sample_questions(scene, 40)
    assert len(questions) == 40
    assert len({normalise(one.question) for one in questions}) == 40
    for one in questions:
        sql = scene.forms.decode(one.form)
        if "last" not in one.form and "previous" not in one.form:
            run(scene.connection, sql)


def test_one_seed_gives_one_list_of_questions(shop: Path) -> None:
    catalog = introspect(resolve_url(shop))
    first = sample_questions(Scene(catalog, shop, 1), 20)
    assert sample_questions(Scene(catalog, shop, 1), 20) == first
    assert sample_questions(Scene(catalog, shop, 2), 20) != first


def test_only_the_given_families_are_asked(scene: Scene) -> None:
    questions = sample_questions(scene, 5, [lists.list_names])
    assert {one.construct for one in questions} == {"list_names"}
    assert len(questions) == 5


def test_every_family_has_a_name_of_its_own() -> None:
    names = [family.__name__ for family in FAMILIES]
    assert len(set(names)) == len(names)


def test_a_draft_that_finds_nothing_or_does_not_compile_is_dropped(scene: Scene) -> None:
    sampler = Sampler(scene)
    assert sampler.draw(_family("SELECT customer.name WHERE customer.name = 'Zoe'")) is None
    assert sampler.draw(_family("SELECT COUNT(*) WHERE orders.total > 1000")) is None
    assert sampler.draw(_family("SELECT nothing.name")) is None
    reasons = {reason for _, reason in sampler.dropped}
    assert reasons == {"finds nothing", "no form"}


def test_a_question_about_today_may_find_nothing(scene: Scene) -> None:
    form = "SELECT orders.id WHERE DURING(orders.order_date, 'last 30 days')"
    kept = Sampler(scene).draw(_family(form, is_relative=True))
    assert kept is not None
    assert kept.form == form


def test_the_form_keeps_the_bound_that_the_question_names(scene: Scene) -> None:
    form = 'SELECT COUNT(*) FROM "orders" WHERE UNTIL("orders"."order_date", \'2023\')'
    kept = Sampler(scene).draw(_family(form))
    assert kept is not None
    assert kept.form == "SELECT COUNT(*) WHERE UNTIL(orders.order_date, '2023')"


def _family(form: str, *, is_relative: bool = False):
    def asked(scene: Scene) -> SampleDraft:
        return SampleDraft(f"question of {form}", form, is_relative)

    return asked


def _is_said(number: str, question: str) -> bool:
    """Return whether a question says a number of its form."""
    if number in question:
        return True
    # One row is `the most`, and a flag is said by its adjective.
    words = {"0": "", "1": "", "100": "percent", "0.25": "quartile", "0.75": "quartile"}
    if number in words:
        return words[number] in question
    spelled = {
        "2": ("second", "two"),
        "3": ("third", "three"),
        "4": ("fourth", "four"),
        "5": ("fifth", "five"),
        "10": ("tenth", "ten"),
    }
    if any(word in question.split() for word in spelled.get(number, ())):
        return True
    return number.startswith("0.") and f"{float(number) * 100:g}" in question


def test_questions_say_every_value_and_number(scene: Scene) -> None:
    for one in sample_questions(scene, 200):
        shown = re.sub(r"'[^']*'", "", one.form)
        for number in re.findall(r"(?<![\w.])\d[\d.]*", shown):
            assert _is_said(number, one.question.lower()), (one.question, one.form)
        for text in re.findall(r"'([^']*)'", one.form):
            is_period = re.match(r"\d{4}|last|this|previous|year|month|week|day|quarter", text)
            is_said = is_period or text.lower() in one.question.lower()
            assert is_said or not text.strip(" ,"), (one.question, one.form)


def test_the_form_keeps_the_quarter_that_the_question_names(scene: Scene) -> None:
    form = 'SELECT COUNT(*) FROM "orders" WHERE SINCE("orders"."order_date", \'2023-Q3\')'
    kept = Sampler(scene).draw(_family(form))
    assert kept is not None
    assert kept.form == "SELECT COUNT(*) WHERE SINCE(orders.order_date, '2023-Q3')"
