"""The reader: an article's text to its sentences, entities and claims. The one entry to the language layer.

What each module gives: ``segment`` blocks, ``sentences`` bounds, ``parse`` syntax, ``speech`` and ``attribution`` who
says what, ``cast`` who is who, ``factuality`` how surely, ``claims`` the cut and the kind, ``frames`` the bare
proposition, ``quantities`` and ``dates`` the numbers and times in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from spacy.tokens import Token

from app.domain.values import BlockKind, Claim, Entity, Factuality, Holder, Quantity, Reading, Sentence, TimeRef
from app.domain.when import Anchors
from app.language.attribution import Attribution, attribute, mention_of
from app.language.cast import Cast
from app.language.claims import Clause, clauses, is_claim, kind_of
from app.language.factuality import comments_on_verification, factuality_of
from app.language.frames import frame_of
from app.language.nominal import Mention, describe
from app.language.parse import Parsed, SentenceParser
from app.language.segment import Block, segment
from app.language.sentences import split_sentences

try:  # written at the same time as this
    from app.language.dates import find_dateline, find_times
    from app.language.quantities import find_quantities
except ImportError:
    find_times = find_quantities = lambda *_, **__: ()
    find_dateline = lambda *_, **__: None

RULES = "1"
_NAMED = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "EVENT", "PRODUCT", "LAW", "WORK_OF_ART"})


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence with its block and its parse; metadata has none."""

    sentence: Sentence
    block: Block
    is_first: bool
    parsed: Parsed | None


class SpacyReader:
    """``ports.Reader`` on spaCy. Deterministic; loads its model when made; one at a time."""

    def __init__(self) -> None:
        self._parser = SentenceParser()
        self.version = f"reader@{RULES}+{self._parser.version}"

    def read(self, text: str, *, title: str | None, published_at: datetime | None) -> Reading:
        """Sentences, claims and entities of a text. Times are resolved against ``published_at``, else against the
        article's own date line."""
        lines = self._lines(text)
        dated = find_dateline(text)
        published = published_at.date() if published_at else dated
        cast = Cast()
        for line in lines:
            for mention in _named_mentions(line, text):
                cast.learn(mention)
        article = _Article(text, cast, published)
        for line in lines:
            article.take(line)
        return Reading(
            sentences=tuple(line.sentence for line in lines),
            claims=tuple(article.claims),
            entities=tuple(e for line in lines for e in _entities(line, text, cast)),
            dated=dated,
        )

    def _lines(self, text: str) -> list[_Line]:
        placed = [
            (block, start, end, start == block.start)
            for block in segment(text)
            for start, end in split_sentences(text, block.start, block.end)
        ]
        copy = [(s, e) for block, s, e, _ in placed if block.kind is not BlockKind.METADATA]
        parses = iter(self._parser.parse(text, copy))
        return [
            _Line(
                Sentence(s, e, text[s:e], block.kind, block.paragraph),
                block,
                is_first,
                None if block.kind is BlockKind.METADATA else next(parses),
            )
            for block, s, e, is_first in placed
        ]


class _Article:
    """An article while it is being read: what earlier sentences say about who speaks and which day it is."""

    def __init__(self, text: str, cast: Cast, published: date | None) -> None:
        self.claims: list[Claim] = []
        self._text = text
        self._cast = cast
        self._published = published
        self._previous_day: date | None = None
        self._last: Mention | None = None
        self._number = 0
        self._open_quote = False
        self._before: Sentence | None = None

    def take(self, line: _Line) -> None:
        """Read one sentence and append the claims it makes."""
        if line.parsed is None or line.block.kind is BlockKind.HEADING:
            return
        self._number += 1
        was_open = self._open_quote
        exact = line.sentence.exact
        opens = exact.lstrip()[:1] in ('"', "“", "‘")
        self._open_quote = _is_open_after(exact, was_open)
        main = attribute(line.parsed.span)
        if comments_on_verification(exact) and self.claims:
            self.claims[-1] = replace(self.claims[-1], factuality=Factuality.UNCONFIRMED)
            return
        context = (
            self._before.exact if self._before is not None and self._before.paragraph == line.sentence.paragraph else ""
        )
        if is_claim(line.parsed.span, main.content):
            for clause in clauses(line.parsed.span, main):
                self.claims.append(self._claim(line, clause, main, carried=was_open or opens, context=context))
        self._note(line)
        self._before = line.sentence

    def _claim(self, line: _Line, clause: Clause, main: Attribution, *, carried: bool, context: str) -> Claim:
        assert line.parsed is not None
        doc, offset = line.parsed.span.doc, line.parsed.start
        attribution = main if clause.root.i == main.content.i else replace(main, content=clause.root)
        tokens = list(doc[clause.first : clause.last])
        start = offset + tokens[0].idx
        end = offset + tokens[-1].idx + len(tokens[-1].text)
        within = doc[clause.first : clause.last]
        times = self._times(within, offset)
        quantities = tuple(
            replace(q, exact=self._text[q.start : q.end]) for q in find_quantities(within, offset=offset, taken=times)
        )
        holder = self._holder(attribution, offset, carried=carried, sentence=line.sentence.exact)
        factuality = factuality_of(attribution, line.sentence.exact, has_future_time=self._is_future(times))
        return Claim(
            start=start,
            end=end,
            exact=self._text[start:end],
            kind=kind_of(attribution, factuality=factuality, quantities=quantities),
            factuality=factuality,
            holder=holder,
            quantities=quantities,
            times=times,
            entities=tuple(e for e in _entities(line, self._text, self._cast) if start <= e.start and e.end <= end),
            frame=frame_of(clause.root, tokens, names=lambda t: None),
            context=context,
        )

    def _times(self, span: object, offset: int) -> tuple[TimeRef, ...]:
        found = find_times(span, offset=offset, anchors=Anchors(self._published, self._previous_day))
        times = tuple(replace(t, exact=self._text[t.start : t.end]) for t in found)
        for time in times:
            if time.earliest is not None and time.earliest == time.latest:
                self._previous_day = time.earliest
        return times

    def _is_future(self, times: Sequence[TimeRef]) -> bool:
        if self._published is None:
            return False
        return any(t.earliest is not None and t.earliest > self._published for t in times)

    def _holder(self, attribution: Attribution, offset: int, *, carried: bool, sentence: str) -> Holder | None:
        voice = attribution.voice
        if voice is None or voice.source is None:
            if carried and self._last is not None:
                return Holder(self._last.name, self._last.role, "quoted", offset + 0, offset + 1)
            return None
        mention = mention_of(voice.source, sentence)
        resolved = self._cast.resolve(mention, sentence=self._number, last=self._last)
        self._last = resolved
        return Holder(resolved.name, resolved.role, voice.cue.text, offset + mention.start, offset + mention.end)

    def _note(self, line: _Line) -> None:
        for mention, is_subject in _mentions(line, self._text):
            self._cast.see(mention, sentence=self._number, is_subject=is_subject)


def _is_open_after(sentence: str, was_open: bool) -> bool:
    is_open = was_open
    for char in sentence:
        if char == '"':
            is_open = not is_open
        elif char in "“”":
            is_open = char == "“"
    return is_open


def _mentions(line: _Line, text: str) -> list[tuple[Mention, bool]]:
    """The noun phrases of a sentence that could be spoken of again, with whether each is a subject."""
    if line.parsed is None:
        return []
    out = []
    exact = line.sentence.exact
    for token in line.parsed.span:
        if token.pos_ in ("PROPN", "NOUN") and token.dep_ in (
            "nsubj",
            "nsubjpass",
            "dobj",
            "pobj",
            "appos",
            "conj",
            "attr",
            "poss",
            "ROOT",
            "agent",
        ):
            out.append((describe(token, exact), token.dep_ in ("nsubj", "nsubjpass")))
    return out


def _named_mentions(line: _Line, text: str) -> list[Mention]:
    return [m for m, _ in _mentions(line, text) if m.is_named and m.name[:1].isupper()]


def _entities(line: _Line, text: str, cast: Cast) -> list[Entity]:
    if line.parsed is None:
        return []
    out = []
    offset = line.parsed.start
    for ent in line.parsed.span.ents:
        if ent.label_ not in _NAMED:
            continue
        tokens = list(ent)
        while tokens and (tokens[0].lower_ == "the" or tokens[0].is_punct):
            tokens.pop(0)
        while tokens and (tokens[-1].tag_ == "POS" or tokens[-1].is_punct):
            tokens.pop()
        if not tokens:
            continue
        start, end = offset + tokens[0].idx, offset + tokens[-1].idx + len(tokens[-1].text)
        exact = text[start:end]
        name = cast.full_name(exact, is_person=ent.label_ == "PERSON") if ent.label_ in ("PERSON", "ORG") else exact
        out.append(Entity(start, end, exact, ent.label_, name))
    return out


_Quantities = tuple[Quantity, ...]
_Heads = Token
