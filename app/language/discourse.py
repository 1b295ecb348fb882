"""What the sentences before leave to the next one: who was speaking, whose quotation is open, which day it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from spacy.tokens import Token

from app.domain.values import Holder, TimeRef
from app.language.attribution import Attribution, mention_of
from app.language.cast import Cast
from app.language.lexicon import BODIES, words
from app.language.nominal import Mention

_OPENING = ('"', "“", "«", "‘", "'")
_SINGLE_END = re.compile(r"[.,!?…]['’](?=\s|$)|['’]$")
_MEMORY = 5  # sentences
_UNRESOLVED = words("i we you it this that")


def _can_mean(form: str, mention: Mention, *, is_strict: bool) -> bool:
    """Can a pronoun mean the mention? Strictly, only one that is known to be able to speak; else *she* may be a name
    that was not taken for a person's, and *they* whatever is plural."""
    if form in ("he", "she"):
        return not mention.is_plural and (mention.is_person if is_strict else mention.is_named)
    is_speaker = mention.is_person or mention.label == "ORG" or mention.head in BODIES
    agrees = mention.is_plural if form == "they" else not (mention.is_plural or mention.is_person)
    return agrees and (is_speaker or not is_strict)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who was heard last: the mention, resolved, the holder it made, and in which sentence."""

    mention: Mention
    holder: Holder
    sentence: int


class Discourse:
    """The running state of one article. ``cast`` knows its names already."""

    def __init__(self, cast: Cast, *, published: date | None) -> None:
        self.published = published
        self.previous_day: date | None = None
        self.sentence = 0
        self._cast = cast
        self.mentions: Sequence[tuple[Mention, bool]] = ()
        self._last: Voice | None = None

    @property
    def last_speaker(self) -> Mention | None:
        """Who spoke last, unless that is more than a few sentences ago."""
        is_fresh = self._last is not None and self.sentence - self._last.sentence <= _MEMORY
        return self._last.mention if is_fresh and self._last is not None else None

    def holder(self, attribution: Attribution, *, text: str, offset: int) -> Holder | None:
        """The holder that the attribution of a clause names, resolved within the article. ``text`` is the sentence."""
        voice = attribution.voice
        if voice is None or voice.source is None:
            return None
        mention = mention_of(voice.source, text)
        resolved = self._local(mention) or self._cast.resolve(mention, sentence=self.sentence, last=self.last_speaker)
        if resolved.is_pronoun:
            resolved = self._local(mention, is_strict=False) or resolved
        if resolved.is_pronoun and resolved.name.lower() in _UNRESOLVED:
            return None
        cue = text[voice.cue.idx : voice.cue.idx + len(voice.cue)]
        holder = Holder(resolved.name, resolved.role, cue, offset + mention.start, offset + mention.end)
        self._last = Voice(resolved, holder, self.sentence)
        return holder

    def _local(self, mention: Mention, *, is_strict: bool = True) -> Mention | None:
        """Of a pronoun, the subject before it in the same sentence that agrees with it; None without one.

        Strictly, only one that can speak: "The bridge is safe, it said" leaves *it* to the sentences before.
        """
        form = mention.name.lower()
        if not mention.is_pronoun or form not in ("he", "she", "it", "they"):
            return None
        before = [m for m, is_subject in self.mentions if is_subject and m.end <= mention.start]
        earlier = [m for m in before if _can_mean(form, m, is_strict=is_strict)]
        if not earlier:
            return None
        named = self._cast.resolve(earlier[0], sentence=self.sentence, last=self.last_speaker)
        return replace(named, start=mention.start, end=mention.end)

    def carried_holder(self) -> Holder | None:
        """Whoever was quoted before and goes on speaking."""
        return self._last.holder if self._last is not None else None

    def name_of(self, token: Token, text: str) -> str | None:
        """The name a pronoun or a description stands for; None for a name itself, or when it is left open."""
        is_definite = token.pos_ == "NOUN" and any(c.lower_ in ("the", "this", "that") for c in token.lefts)
        if token.lower_ not in ("he", "she") and not is_definite:
            return None
        mention = mention_of(token, text)
        if mention.is_named or not (mention.is_pronoun or mention.is_definite):
            return None
        resolved = self._cast.resolve(mention, sentence=self.sentence, last=self.last_speaker)
        return resolved.name if resolved.is_named else None

    def see(self, mentions: Sequence[tuple[Mention, bool]]) -> None:
        """Note the mentions of a sentence, each with whether it is a subject."""
        for mention, is_subject in mentions:
            self._cast.see(mention, sentence=self.sentence, is_subject=is_subject)

    def pass_time(self, times: Sequence[TimeRef], day: date | None) -> None:
        if times and day is not None:
            self.previous_day = day

    def is_ahead(self, times: Sequence[TimeRef]) -> bool:
        """Does one of the times lie after the article's own date, or, in an undated article, not behind it?"""
        for time in times:
            if time.earliest is not None and self.published is not None and time.earliest > self.published:
                return True
            if (
                self.published is None
                and time.edtf is None
                and time.rule
                and not re.search(r"<|-\d|[dwmyD]-", time.rule)
            ):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Quoting:
    """Where a sentence stands in a quotation."""

    starts_inside: bool
    opens: bool
    ends_inside: bool


def quoting(sentences: Sequence[tuple[str, int]]) -> list[Quoting]:
    """The state of quotation of each (sentence, paragraph). A quotation may run on into the next paragraph only when
    that opens with a quotation mark again."""
    out: list[Quoting] = []
    is_open, is_single, last_paragraph = False, False, -1
    for exact, paragraph in sentences:
        sentence = exact.replace("``", '"').replace("''", '"')
        opens = sentence.startswith(_OPENING)
        runs_on = is_open or is_single
        if paragraph != last_paragraph:  # a mark that opens the paragraph repeats the open one, none closes it
            runs_on = runs_on and opens
            is_open = is_single = False
        is_single = is_single or (sentence[:1] in "'‘" and sentence[1:2].isupper())
        is_single = is_single and not _SINGLE_END.search(sentence, 1)
        is_open = _double_open(sentence, is_open)
        out.append(Quoting(runs_on, opens, is_open or is_single))
        last_paragraph = paragraph
    return out


def _double_open(sentence: str, is_open: bool) -> bool:
    for char in sentence:
        if char == '"':
            is_open = not is_open
        elif char in "“”«»":
            is_open = char in "“«"
    return is_open
