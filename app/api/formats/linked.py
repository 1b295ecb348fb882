"""schema.org as JSON-LD (https://schema.org/Claim, https://schema.org/ClaimReview)."""

from __future__ import annotations

from typing import Any

from app.api.schemas.stories import ConflictOut, PositionEvidence

MEDIA_TYPE = "application/ld+json"
_VERDICTS = {
    "confirmed": "The accounts differ",
    "dismissed": "The accounts do not differ",
    "resolved": "The difference is resolved",
}


def conflict_jsonld(report: ConflictOut) -> dict[str, Any]:
    """A ``Claim`` for each piece of evidence and, once an editor has judged the report, a ``ClaimReview`` of each.

    A review says what the editor said, whether the accounts differ; never which of them is right.
    """
    pieces = {_id(piece): piece for position in report.positions for piece in position.evidence}
    claims = [_claim(id_, piece) for id_, piece in pieces.items()]
    rating = _VERDICTS.get(report.status)
    reviews = [_review(claim, report, rating) for claim in claims] if rating else []
    return {"@context": "https://schema.org", "@graph": claims + reviews}


def _id(piece: PositionEvidence) -> str:
    if piece.claim_id:
        return f"urn:uuid:{piece.claim_id}"
    return f"urn:uuid:{piece.article_id}#char={piece.start},{piece.end}"  # RFC 5147


def _claim(id_: str, piece: PositionEvidence) -> dict[str, Any]:
    article: dict[str, Any] = {"@type": "NewsArticle", "@id": f"urn:uuid:{piece.article_id}"}
    if piece.source:
        article["publisher"] = {"@type": "Organization", "name": piece.source}
    if piece.published_at:
        article["datePublished"] = piece.published_at.isoformat()
    claim: dict[str, Any] = {"@type": "Claim", "@id": id_, "text": piece.exact, "appearance": article}
    if piece.holder:
        claim["creditText"] = piece.holder  # `author` would have to say whether it is a person
    return claim


def _review(claim: dict[str, Any], report: ConflictOut, rating: str) -> dict[str, Any]:
    review: dict[str, Any] = {
        "@type": "ClaimReview",
        "claimReviewed": claim["text"],
        "itemReviewed": {"@id": claim["@id"]},
        "name": report.question,
        "reviewRating": {"@type": "Rating", "alternateName": rating, "ratingExplanation": report.explanation},
    }
    return review | ({"reviewBody": report.note} if report.note else {})
