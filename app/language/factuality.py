"""How far a text commits to a proposition: asserted, denied, unconfirmed, possible or planned.

Read off the voices around the proposition and the modality of its own predicate. A bare negative is asserted; denial
takes somebody who rebuts. A yes/no question about the past is unconfirmed, about the future possible.
"""

from __future__ import annotations

from app.domain.values import Factuality
from app.language.attribution import Attribution
from app.language.modality import is_arranged, is_planned, is_possible
from app.language.syntax import has_perfect, modals
from app.language.verification import is_denied, is_unconfirmed


def factuality_of(attribution: Attribution, *, has_future_time: bool) -> Factuality:
    """The commitment to a proposition of a sentence.

    ``has_future_time``: a time expression of the clause lies after the article's own date, so that a present tense
    tells of something arranged ("opens on 1 March").
    """
    cues = [act.cue for act in attribution.acts]
    content = attribution.content
    governing = [act.cue for act in attribution.acts if act.content is not None and act.content.dep_ == "xcomp"]
    sentence = content.doc.text
    if is_denied(cues, content):
        return Factuality.DENIED
    if sentence.rstrip("\"'”’) ").endswith("?"):
        is_open = (bool(modals(content) - {"must"}) and not has_perfect(content)) or is_arranged(content)
        return Factuality.POSSIBLE if is_open or modals(content) & {"might", "may"} else Factuality.UNCONFIRMED
    if is_unconfirmed(cues, content):
        return Factuality.UNCONFIRMED
    if is_possible(cues, content, sentence, has_future_time=has_future_time):
        return Factuality.POSSIBLE
    if is_planned(cues, governing, content, has_future_time=has_future_time):
        return Factuality.PLANNED
    return Factuality.ASSERTED
