from __future__ import annotations

import pytest

from dynashape.records import (
    ANALYSES,
    CONDITIONS,
    HEADLINE,
    Analysis,
    ClaimOutcome,
    Condition,
    Contrast,
    Labelling,
    Share,
    Term,
    Verdict,
)


def test_analyses_are_numbered_from_one_and_compare_the_three_conditions() -> None:
    assert [analysis.number for analysis in ANALYSES] == [1, 2]
    assert {condition for analysis in ANALYSES for condition in analysis.conditions} == set(CONDITIONS)
    assert all(Condition.TRAINED in analysis.conditions for analysis in ANALYSES)


@pytest.mark.parametrize("analysis", ANALYSES, ids=lambda analysis: analysis.number)
def test_terms_and_labellings_of_an_analysis_are_the_same_two_things(analysis: Analysis) -> None:
    assert analysis.labellings == (Labelling.TASK, analysis.told_apart_by)
    assert len(set(analysis.labellings)) == 2
    for labelling, term in zip(analysis.labellings, (Term.TASK, Term.CONDITION), strict=True):
        assert analysis.term(labelling) is term
        assert analysis.labelling(term) is labelling
        assert analysis.question(labelling).endswith("?")
    assert analysis.question(Labelling.TASK) != analysis.question(analysis.told_apart_by)


def test_every_labelling_belongs_to_an_analysis_and_can_have_the_larger_share() -> None:
    assert {labelling for analysis in ANALYSES for labelling in analysis.labellings} == set(Labelling)
    assert {Verdict.of(labelling) for labelling in Labelling} == set(Verdict) - {Verdict.CANNOT_BE_TOLD}


@pytest.mark.parametrize("contrast", Contrast)
def test_a_contrast_is_named_after_its_sides_which_are_shares_of_their_analyses(contrast: Contrast) -> None:
    sides = contrast.first, contrast.second
    assert contrast.value == f"{sides[0].labelling} - {sides[1].labelling}"
    assert len({Verdict.of(side.labelling) for side in sides}) == 2
    for side in sides:
        assert side.analysis in ANALYSES
        assert side.labelling in side.analysis.labellings
        assert side.term is side.analysis.term(side.labelling)


def test_the_headline_sets_input_against_training() -> None:
    training, by_input = ANALYSES
    assert HEADLINE.first == Share(by_input, Labelling.INPUT)
    assert HEADLINE.second == Share(training, Labelling.TRAINING)
    assert {HEADLINE.first.term, HEADLINE.second.term} == {Term.CONDITION}


def test_every_outcome_of_a_claim_has_its_own_words() -> None:
    assert len({outcome.words for outcome in ClaimOutcome}) == len(ClaimOutcome)
