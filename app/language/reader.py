"""The reader: an article's text to its sentences, entities and claims. The one entry to the language layer.

What each module gives: ``segment`` blocks, ``sentences`` bounds, ``parse`` syntax, ``speech`` and ``attribution`` who
says what, ``cast`` and ``discourse`` who is who, ``factuality`` how surely, ``claims`` the cut and the kind, ``frames``
and ``slots`` the bare proposition, ``quantities`` and ``dates`` the numbers and times in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from app.domain.values import BlockKind, Claim, Entity, Factuality, Holder, Quantity, Reading, Sentence, TimeRef
from app.domain.when import Anchors
from app.language.cast import Cast
from app.language.claims import Clause, clauses
from app.language.dates import find_dateline, find_times, last_day
from app.language.discourse import Discourse, Quoting, quoting
from app.language.factuality import factuality_of
from app.language.frames import frame_of
from app.language.kinds import is_claim, kind_of
from app.language.names import can_be_named
from app.language.nominal import Mention, describe
from app.language.parse import Parsed, SentenceParser
from app.language.quantities import find_quantities
from app.language.segment import segment
from app.language.sentences import split_sentences
from app.language.verification import comments_on_verification

RULES = "4"
_NAMED = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "PRODUCT", "LAW", "WORK_OF_ART"})
T = TypeVar("T", TimeRef, Quantity)
_ARGUMENTS = frozenset(
    {"nsubj", "nsubjpass", "dobj", "pobj", "appos", "conj", "attr", "poss", "ROOT", "npadvmod", "dep"}
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence of the copy with what the parse makes of it. ``lead`` is the time stamp or dateline before it."""

    sentence: Sentence
    parsed: Parsed
    lead: tuple[int, int] | None
    clauses: tuple[Clause, ...]
    mentions: tuple[tuple[Mention, bool], ...]  # with whether it is a subject
    entities: tuple[Entity, ...]


class SpacyReader:
    """``ports.Reader`` on spaCy. Deterministic; loads its model when made; not for use by several threads at once."""

    def __init__(self) -> None:
        self._parser = SentenceParser()
        self.version = f"reader@{RULES}+{self._parser.version}"

    def read(self, text: str, *, title: str | None, published_at: datetime | None) -> Reading:
        """The sentences, claims and entities of a text. ``title`` lends its names; times are resolved against
        ``published_at``, else against the article's own date line."""
        sentences, lines = self._lines(text)
        published = published_at.date() if published_at else None
        dated = find_dateline(text, published=published)
        cast = Cast()
        for line in (*self._title(title), *lines):
            is_copy = line.sentence.block is not BlockKind.HEADING
            for mention, _ in line.mentions:
                if mention.is_named:
                    cast.learn(mention if is_copy else replace(mention, role=None))
        for line in lines:
            for name, gender in _genders(line):
                cast.learn_gender(name, gender)
        lines = [replace(line, entities=tuple(_full(e, cast) for e in line.entities)) for line in lines]
        discourse = Discourse(cast, published=published or dated)
        return Reading(
            sentences=sentences,
            claims=tuple(_claims(text, lines, discourse)),
            entities=tuple(e for line in lines for e in line.entities),
            dated=dated,
        )

    def _title(self, title: str | None) -> list[_Line]:
        lines = self._lines(title)[1] if title else []
        return [replace(line, sentence=replace(line.sentence, block=BlockKind.HEADING)) for line in lines]

    def _lines(self, text: str) -> tuple[tuple[Sentence, ...], list[_Line]]:
        sentences: list[Sentence] = []
        leads: list[tuple[int, int] | None] = []
        for block in segment(text):
            if block.lead is not None:
                start, end = block.lead
                sentences.append(Sentence(start, end, text[start:end], BlockKind.METADATA, block.paragraph))
                leads.append(None)
            for start, end in split_sentences(text, block.start, block.end):
                sentences.append(Sentence(start, end, text[start:end], block.kind, block.paragraph))
                leads.append(block.lead if start == block.start else None)
        copy = [(s, lead) for s, lead in zip(sentences, leads, strict=True) if _is_copy(s)]
        parses = self._parser.parse(text, [(s.start, s.end) for s, _ in copy])
        lines = [_line(s, parsed, lead) for (s, lead), parsed in zip(copy, parses, strict=True)]
        return tuple(dict.fromkeys(sentences)), lines


def _is_copy(sentence: Sentence) -> bool:
    """Is there anything to read: words, and not those of a byline or a date line?"""
    return sentence.block is not BlockKind.METADATA and any(map(str.isalpha, sentence.exact))


def _line(sentence: Sentence, parsed: Parsed, lead: tuple[int, int] | None) -> _Line:
    is_copy = sentence.block is not BlockKind.HEADING
    return _Line(
        sentence,
        parsed,
        lead,
        clauses=tuple(clauses(parsed.span)) if is_copy else (),
        mentions=tuple(_mentions(parsed, sentence.exact)),
        entities=tuple(_entities(parsed, sentence.exact)),
    )


def _claims(text: str, lines: Sequence[_Line], discourse: Discourse) -> list[Claim]:
    copy = [line for line in lines if line.sentence.block is not BlockKind.HEADING]
    quotes = quoting([(line.sentence.exact, line.sentence.paragraph) for line in copy])
    claims: list[Claim] = []
    for number, line in enumerate(copy):
        discourse.sentence, discourse.mentions = number, line.mentions
        if claims and comments_on_verification(line.sentence.exact):
            claims[-1] = replace(claims[-1], factuality=Factuality.UNCONFIRMED)
            continue
        quoted = _quoted_holder(copy, quotes, number, discourse)
        before = copy[number - 1].sentence if number else None
        context = before.exact if before is not None and before.paragraph == line.sentence.paragraph else ""
        claims += _claims_of(text, line, discourse, quoted=quoted, context=context)
        discourse.see(line.mentions)
    return claims


def _quoted_holder(
    copy: Sequence[_Line], quotes: Sequence[Quoting], number: int, discourse: Discourse
) -> Holder | None:
    """Whose words a sentence without attribution is, when it is part of a quotation."""
    if any(c.attribution.voice for c in copy[number].clauses):
        return None
    quote = quotes[number]
    if quote.opens and not quote.starts_inside and quote.ends_inside:
        for later in range(number + 1, min(number + 12, len(copy))):
            for clause in copy[later].clauses:
                if clause.attribution.voice is not None:
                    line = copy[later]
                    return discourse.holder(clause.attribution, text=line.sentence.exact, offset=line.parsed.start)
            if not quotes[later].ends_inside:
                break
    return discourse.carried_holder() if quote.starts_inside or quote.opens else None


def _claims_of(text: str, line: _Line, discourse: Discourse, *, quoted: Holder | None, context: str) -> Iterator[Claim]:
    span, offset, exact = line.parsed.span, line.parsed.start, line.sentence.exact
    found = find_times(span, offset=offset, anchors=Anchors(discourse.published, discourse.previous_day))
    quantities = find_quantities(span, offset=offset, taken=found)
    for number, clause in enumerate(line.clauses):
        piece = span.doc[clause.first : clause.last]
        if not is_claim(piece, clause.root) or (number and comments_on_verification(piece.text)):
            continue
        start, end = offset + piece.start_char, offset + piece.end_char
        times = tuple(_within(text, found, start, end))
        counted = tuple(_within(text, quantities, start, end))
        holder = discourse.holder(clause.attribution, text=exact, offset=offset) or quoted
        factuality = factuality_of(clause.attribution, has_future_time=discourse.is_ahead(times))
        yield Claim(
            start=start,
            end=end,
            exact=text[start:end],
            kind=kind_of(
                clause.root,
                clause.attribution.verbs,
                factuality=factuality,
                quantities=counted,
                offset=offset,
                is_held=holder is not None,
            ),
            factuality=factuality,
            holder=holder,
            quantities=counted,
            times=times,
            entities=tuple(e for e in line.entities if start <= e.start and e.end <= end),
            frame=frame_of(
                clause.attribution, piece, text=exact, offset=offset, name_of=lambda t: discourse.name_of(t, exact)
            ),
            context=context if number == 0 else exact,
        )
    discourse.pass_time(found, last_day(found))


def _within(text: str, found: Sequence[T], start: int, end: int) -> Iterator[T]:
    return (replace(x, exact=text[x.start : x.end]) for x in found if start <= x.start and x.end <= end)


def _mentions(parsed: Parsed, text: str) -> Iterator[tuple[Mention, bool]]:
    """The noun phrases of a sentence that can be spoken of again."""
    for token in parsed.span:
        is_subject = token.dep_ in ("nsubj", "nsubjpass")
        is_name = token.pos_ == "PROPN" and token.dep_ in _ARGUMENTS
        if is_name or (token.pos_ == "NOUN" and (is_subject or can_be_named(token))):
            yield describe(token, text), is_subject


def _genders(line: _Line) -> Iterator[tuple[str, str]]:
    """What "her" and "his" tell of the only person named before them in a sentence, when that is its subject."""
    people = [(m, is_subject) for m, is_subject in line.mentions if m.is_person]
    for token in line.parsed.span:
        if token.tag_ == "PRP$" and token.lower_ in ("her", "his"):
            before = [(m, is_subject) for m, is_subject in people if m.end <= token.idx]
            if len(before) == 1 and before[0][0].is_named and before[0][1] and not before[0][0].is_plural:
                yield before[0][0].name, "female" if token.lower_ == "her" else "male"


def _entities(parsed: Parsed, text: str) -> Iterator[Entity]:
    """The named entities, without articles, possessive endings and punctuation at their edges."""
    for ent in parsed.span.ents:
        tokens = list(ent)
        while tokens and (tokens[0].lower_ == "the" or tokens[0].is_punct or tokens[0].is_space):
            tokens.pop(0)
        while tokens and (tokens[-1].tag_ == "POS" or tokens[-1].is_punct or tokens[-1].is_space):
            tokens.pop()
        if tokens and ent.label_ in _NAMED:
            start, end = tokens[0].idx, tokens[-1].idx + len(tokens[-1])
            exact = text[start:end]
            yield Entity(parsed.start + start, parsed.start + end, exact, ent.label_, exact)


def _full(entity: Entity, cast: Cast) -> Entity:
    if entity.label not in ("PERSON", "ORG"):
        return entity
    return replace(entity, name=cast.full_name(entity.exact, is_person=entity.label == "PERSON"))
