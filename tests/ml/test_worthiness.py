from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.domain.values import Basis, Claim, ClaimKind, Entity, Factuality, Qualifier, Quantity, TimeRef
from app.ml.encoder import OnnxEncoder
from app.ml.manifest import load_manifest
from app.ml.worthiness import FACETS, FacetWorthiness, worthiness_features


def _claim(text: str, *, kind: ClaimKind = ClaimKind.STATEMENT, factuality: Factuality = Factuality.ASSERTED) -> Claim:
    return Claim(start=0, end=len(text), exact=text, kind=kind, factuality=factuality)


FIGURES = replace(
    _claim(
        "Unemployment in the valley rose to 8.2% in March 2024, the statistics office said.", kind=ClaimKind.QUANTITY
    ),
    quantities=(Quantity(36, 40, "8.2%", 8.2, 8.2, Qualifier.EXACT, unit="%"),),
    times=(TimeRef(44, 54, "March 2024", "2024-03", date(2024, 3, 1), date(2024, 3, 31), Basis.EXPLICIT),),
    entities=(Entity(59, 80, "statistics office", "ORG", "statistics office"),),
)
OPINION = _claim(
    "I think we are a wonderful, generous people, and you know it in your heart!", kind=ClaimKind.ASSESSMENT
)
QUESTION = _claim("Did unemployment in the valley rise to 8.2% in March 2024?")


@pytest.fixture(scope="module")
def worthiness(encoder: OnnxEncoder, models_dir: Path) -> FacetWorthiness:
    return FacetWorthiness(load_manifest(models_dir / "worthiness"), encoder=encoder)


def test_figures_are_worth_checking_and_opinions_are_not(worthiness: FacetWorthiness) -> None:
    figures, opinion = worthiness.score([FIGURES, OPINION])
    assert figures > 0.7
    assert opinion < 0.3


def test_a_question_claims_nothing(worthiness: FacetWorthiness) -> None:
    assert worthiness.score([QUESTION]) == [0.0]


def test_a_claim_scores_the_same_in_any_company(worthiness: FacetWorthiness) -> None:
    alone = [worthiness.score([claim])[0] for claim in (FIGURES, OPINION)]
    assert worthiness.score([OPINION, FIGURES, OPINION]) == [alone[1], alone[0], alone[1]]
    assert worthiness.score([]) == []


def test_features_say_what_the_claim_holds(encoder: OnnxEncoder) -> None:
    row = worthiness_features([FIGURES], encoder=encoder)[0, encoder.dimensions :]
    found = {name for name, value in zip(FACETS, row.tolist(), strict=True) if value == 1.0}
    assert found == {
        "has_quantity",
        "has_money_or_share",
        "has_time",
        "has_entity",
        "kind_quantity",
        "factuality_asserted",
    }


def test_weights_made_on_another_encoder_are_refused(encoder: OnnxEncoder, models_dir: Path) -> None:
    manifest = replace(load_manifest(models_dir / "worthiness"), encoder="other@1")
    with pytest.raises(ConfigurationError, match="made on other@1"):
        FacetWorthiness(manifest, encoder=encoder)
