"""A verdict travels as JSON, and what was not evaluated is never a pass."""

from __future__ import annotations

import dataclasses
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.returns.verdict import LAYERS, Finding, Layer, Verdict
from plimsoll.returns.verdict.model import judge

text = st.text(max_size=20)
findings = st.builds(
    Finding,
    layer=st.sampled_from(LAYERS),
    severity=st.sampled_from(["error", "warning"]),
    rule=text,
    sentence=text,
    table=text,
    left=text,
    right=text,
)
layers = st.builds(
    Layer,
    name=st.sampled_from(LAYERS),
    outcome=st.sampled_from(["pass", "fail", "not_evaluated"]),
    unit=text,
    evaluated=st.integers(0, 10**6),
    excluded=st.dictionaries(text, st.integers(0, 100), max_size=3),
    reason=text,
)
verdicts = st.builds(
    Verdict,
    outcome=st.sampled_from(["pass", "fail", "not_evaluated"]),
    package=text,
    sha256=text,
    entity=text,
    reference_date=text,
    module=text,
    taxonomy=text,
    layers=st.tuples(layers, layers),
    findings=st.lists(findings, max_size=4).map(tuple),
    more_findings=st.integers(0, 9),
)


@given(verdicts)
def test_a_verdict_comes_back_from_json_and_gives_the_same_bytes(verdict: Verdict) -> None:
    again = Verdict.from_json(verdict.to_json())
    assert again == verdict
    assert again.to_json() == verdict.to_json()


@pytest.mark.parametrize("text", ["{}", "[]", '{"format": 99}', "nothing"])
def test_what_is_no_verdict_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a verdict|Expecting value"):
        Verdict.from_json(text)


@pytest.mark.parametrize("outcomes", list(product(["pass", "fail", "not_evaluated"], repeat=4)))
def test_only_four_passes_are_a_pass(outcomes: tuple[str, ...]) -> None:
    held = tuple(
        Layer(name, outcome, "rules", evaluated=1)  # type: ignore[arg-type]  # every combination is meant
        for name, outcome in zip(LAYERS, outcomes, strict=True)
    )
    if "fail" in outcomes:
        assert judge(held) == "fail"
    elif "not_evaluated" in outcomes:
        assert judge(held) == "not_evaluated"
    else:
        assert judge(held) == "pass"


def test_a_pass_without_a_rule_or_a_layer_is_none() -> None:
    held = tuple(Layer(name, "pass", "rules", evaluated=1) for name in LAYERS)
    assert judge(held[:3]) == "not_evaluated"
    assert judge((*held[:3], dataclasses.replace(held[3], evaluated=0))) == "not_evaluated"
