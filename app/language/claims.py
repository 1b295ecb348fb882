"""Sentences to claims: where one proposition ends and the next begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from spacy.tokens import Span, Token

from app.language.attribution import Attribution, attribute
from app.language.lexicon import words
from app.language.speech import SpeechAct
from app.language.syntax import child, children, is_finite, is_verb

_SHORTEST = 5  # words of a clause that can stand alone without a voice of its own
_CONTRASTS = words("while whereas though although")


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence that makes one claim; token indices, end exclusive."""

    first: int
    last: int
    attribution: Attribution

    @property
    def root(self) -> Token:
        return self.attribution.content

    @property
    def is_introduced(self) -> bool:
        """Does it say itself who says so: "police say she fell"?"""
        voice = self.attribution.voice
        return voice is not None and _is_speaking(voice) and self.first <= voice.cue.i < self.last


def clauses(sentence: Span) -> list[Clause]:
    """The sentence cut at coordinated clauses that stand alone; most sentences come back whole.

    A clause stands alone when it has a finite verb, a subject that is no pronoun unless it is set against what comes
    before ("but he ..."), and some length, and when the cut is not inside a quotation. Others need their neighbour and
    stay with it. One in which somebody else speaks is a claim apart, however short: "A says 60 died, while B says 12
    did". What is said at the end of the sentence by way of attribution holds for all of it.
    """
    found: list[Clause] = []
    introduction: SpeechAct | None = None
    for part in sentence.sents:  # type: ignore[attr-defined]
        main = attribute(part)
        if not found and introduction is None:
            introduction = _introduces_quotation(part, main)
            if introduction is not None:
                continue
        tag = _attributes_quotation(part, main)
        if found and tag is not None:
            found = [_tagged(c, tag, part.end) if c is found[-1] or c.attribution.voice is None else c for c in found]
            continue
        pieces = list(_pieces(part, main))
        joins = found and (part[0].text == "(" or not _can_follow(pieces[0], found[-1]))
        if joins:
            found[-1] = _joined(found[-1], pieces[0])
            pieces = pieces[1:]
        found += pieces
    found = _introduced(found, introduction, sentence.start) if introduction else _with_shared_voice(found)
    if not all(c.is_introduced or _words(sentence.doc[c.first : c.last]) >= _SHORTEST for c in found):
        return [replace(found[0], last=sentence.end)]
    return found


def _attributes_quotation(part: Span, main: Attribution) -> SpeechAct | None:
    """The reporting verb of a part that only says whose the quotation before it is: '..., said Ann Lee.'"""
    if part.start == 0 or part.doc[part.start - 1].text != '"':
        return None
    known = next((a for a in main.acts if a.cue.i == part.root.i and a.source is not None), None)
    if known is not None:
        return known
    root, speaker = part.root, child(part.root, "nsubj")  # any verb will do after a quotation: "..., sighed Ann Lee"
    is_speaking = root.pos_ == "VERB" and speaker is not None and child(root, "dobj", "ccomp", "xcomp") is None
    ends_open = part.start >= 2 and part.doc[part.start - 2].text in (",", "?", "!", "…")
    return SpeechAct(root, speaker) if is_speaking and ends_open else None


def _introduces_quotation(part: Span, main: Attribution) -> SpeechAct | None:
    """'The minister wrote: "..."', 'The mayor, on local radio: "..."': who speaks in the quotation that follows."""
    if part.end >= len(part.doc) or part.doc[part.end].text != '"':
        return None
    known = next((a for a in main.acts if a.cue.i == part.root.i and a.source is not None), None)
    has_verb = any(is_verb(t) and is_finite(t) for t in part)
    if known is None and not has_verb and part.root.pos_ in ("NOUN", "PROPN"):
        return SpeechAct(part[-1], part.root)
    speaker = child(part.root, "nsubj")
    if known is None and part.root.pos_ == "VERB" and speaker is not None:
        return SpeechAct(part.root, speaker)
    return known


def _introduced(found: list[Clause], act: SpeechAct, first: int) -> list[Clause]:
    acts = (replace(act, content=None),)
    out = [replace(c, attribution=replace(c.attribution, acts=(*acts, *c.attribution.acts))) for c in found]
    return [replace(out[0], first=first), *out[1:]] if out else out


def _tagged(clause: Clause, act: SpeechAct, last: int) -> Clause:
    acts = (replace(act, content=None), *clause.attribution.acts)
    is_next = clause.last >= act.cue.sent.start - 1
    return Clause(clause.first, last if is_next else clause.last, replace(clause.attribution, acts=acts))


def _joined(clause: Clause, rest: Clause) -> Clause:
    """A clause with what goes on after its semicolon; attributions that close the rest close the whole."""
    asides = tuple(a for a in rest.attribution.acts if a.is_aside)
    acts = clause.attribution.acts if clause.attribution.voice else (*asides, *clause.attribution.acts)
    return Clause(clause.first, rest.last, replace(clause.attribution, acts=acts))


def _pieces(part: Span, main: Attribution) -> Iterator[Clause]:
    cuts = [(first, root) for first, root in _coordinated(part, main) if _stands_alone(part, first, root)]
    firsts = [part.start, *(first for first, _ in cuts), part.end]
    for number, (first, following) in enumerate(pairwise(firsts)):
        last = _before_joint(part, following) if following < part.end else _without_semicolon(part)
        if number == 0:
            yield Clause(first, last, _within(main, part.start, last, root=main.content))
        else:
            root = cuts[number - 1][1]
            first += part.doc[first].lower_ == "that" and part.doc[first].dep_ == "mark"  # noqa: PLW2901
            own = attribute(part, start=root)
            is_shared = root.i in {c.i for c in main.content.conjuncts} and not _is_speaking(own.voice)
            governing = [a for a in main.acts if is_shared and a.content is not None and a.content.i != a.cue.i]
            acts = (*governing, *(a for a in own.acts if a.cue.i not in {g.cue.i for g in governing}))
            yield Clause(first, last, _within(Attribution(own.content, acts), first, last, root=root))


def _within(attribution: Attribution, first: int, last: int, *, root: Token) -> Attribution:
    """Without the asides of another clause, unless they lead or close the sentence."""
    part = root.sent
    acts = tuple(a for a in attribution.acts if not a.is_aside or first <= a.cue.i < last or _is_at_edge(a, part))
    return replace(attribution, acts=acts)


def _is_at_edge(act: SpeechAct, part: Span) -> bool:
    verbs_before = any(is_verb(t) for t in part[: act.cue.i - part.start])
    return not verbs_before or (part.end - act.cue.i <= 12 and act.cue.i > part.root.i)


def _with_shared_voice(found: list[Clause]) -> list[Clause]:
    """A clause without a voice takes that of an attribution that closes the sentence."""
    if len(found) < 2 or found[-1].attribution.voice is None:
        return found
    closing = tuple(a for a in found[-1].attribution.acts if a.is_aside and a.cue.i > found[-1].root.i)
    return [
        replace(c, attribution=replace(c.attribution, acts=(*closing, *c.attribution.acts)))
        if c.attribution.voice is None
        else c
        for c in found
    ]


def _coordinated(part: Span, main: Attribution) -> Iterator[tuple[int, Token]]:
    """(first token, root) of each clause coordinated with the main one, in order."""
    asides = {act.cue.i for act in main.acts if act.is_aside}
    found: dict[int, Token] = {}
    for top in (main.content, part.root):
        for verb in top.conjuncts:
            if verb.i in asides:
                continue
            if verb.i > top.i and is_verb(verb) and child(verb, "nsubj", "nsubjpass", "expl") is not None:
                found[verb.left_edge.i] = verb
        for verb in children(top, "advcl"):
            contrast = next((c for c in children(verb, "mark") if c.lower_ in _CONTRASTS), None)
            if contrast is not None and verb.i > top.i and _is_speaking(attribute(part, start=verb).voice):
                found[contrast.i + 1] = verb
    yield from sorted(found.items())


def _stands_alone(part: Span, first: int, root: Token) -> bool:
    subject = child(root, "nsubj", "nsubjpass", "expl")
    if subject is None or not is_finite(root) or first <= part.start:
        return False
    if subject.pos_ == "PRON" and subject.dep_ != "expl" and not _is_contrast(part, first, subject):
        return False
    if sum(t.text == '"' for t in part.doc[:first]) % 2:
        return False
    joint = part.doc[first - 1]
    is_joint = joint.dep_ == "cc" or joint.text == "," or joint.lower_ in ("and", "but", *_CONTRASTS)
    is_dependent = any(c.i >= first and c.lower_ != "that" for c in children(root, "mark"))
    return is_joint and root.i - first < 25 and not is_dependent


def _is_contrast(part: Span, first: int, subject: Token) -> bool:
    """ "..., but he denied it": what is set against the clause before it is a claim apart, of whoever the pronoun names
    there."""
    is_personal = subject.lower_ in ("he", "she", "it", "they")
    return is_personal and any(t.lower_ in ("but", "yet") for t in part.doc[max(part.start, first - 2) : subject.i])


def _can_follow(clause: Clause, before: Clause) -> bool:
    """May this part of a sentence be a claim of its own? Not without a subject, nor when that is a pronoun, unless
    somebody else speaks in it."""
    voice, root = clause.attribution.voice, clause.root
    if _is_speaking(voice) or (voice is not None and before.attribution.voice is not None and _is_named(voice)):
        return True
    subject = child(root, "nsubj", "nsubjpass", "expl")
    return is_finite(root) and subject is not None and (subject.pos_ != "PRON" or subject.dep_ == "expl")


def _is_speaking(voice: SpeechAct | None) -> bool:
    """Does a verb with a speaker, who is no pronoun, govern what is said?"""
    return voice is not None and not voice.is_aside and _is_named(voice)


def _is_named(voice: SpeechAct) -> bool:
    return voice.source is not None and voice.source.pos_ != "PRON"


def _before_joint(part: Span, first: int) -> int:
    """The end of what comes before a clause: without the conjunction and the comma."""
    end = first
    while end - 1 > part.start and _is_joint(part.doc[end - 1]):
        end -= 1
    return end


def _without_semicolon(part: Span) -> int:
    return _before_joint(part, part.end) if part[-1].text == ";" else part.end


def _is_joint(token: Token) -> bool:
    return token.text in (",", ";") or token.is_space or token.dep_ == "cc" or token.lower_ in _CONTRASTS


def _words(span: Span) -> int:
    return sum(t.is_alpha or t.like_num for t in span)
