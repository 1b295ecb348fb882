"""What can go wrong, by meaning. ``api.problems`` maps each class to a status; nothing here knows HTTP.

ClaimlineError
├── NotFoundError            no such article, story, claim or conflict
├── InvalidInputError        the request cannot be carried out as it stands
│   ├── InvalidCursorError   a cursor this server did not issue
│   ├── UnsupportedLanguageError  the article is not in English
│   ├── SameArticleError     what was fetched is there already
│   └── OutboundRefusedError an address that may not be called, or an answer from there that is not taken
├── ConflictingStateError    the request contradicts what is stored
│   └── IdempotencyMismatchError  the key was used with another body
├── UnavailableError         a part of the service is not there now
│   └── UnreachableError     an address elsewhere does not answer now
└── ConfigurationError       the operator must change something; message says what
"""

from __future__ import annotations


def problem_urn(kind: str) -> str:
    """What clients know a kind of trouble by: the ``type`` of a problem, the ``error_type`` of an article."""
    return f"urn:claimline:problem:{kind}"


class ClaimlineError(Exception):
    """Root of all errors that are part of the service's vocabulary."""


class NotFoundError(ClaimlineError):
    """No such thing; ``what`` and ``id`` go into the message."""

    def __init__(self, *, what: str, id: str) -> None:
        super().__init__(f"There is no {what} with the id {id!r}.")


class InvalidInputError(ClaimlineError):
    """``pointer`` is a JSON pointer into the body or a parameter's name, when one field is to blame."""

    def __init__(self, message: str, *, pointer: str | None = None) -> None:
        super().__init__(message)
        self.pointer = pointer


class InvalidCursorError(InvalidInputError):
    """The cursor did not come from this listing."""


class UnsupportedLanguageError(InvalidInputError):
    """The article is in another language than English; ``language`` is its ISO 639 code."""

    def __init__(self, language: str) -> None:
        super().__init__(
            f"The text is not in English but, as it seems, in {language!r}: it cannot be analysed. To keep it all the "
            'same, send "other_languages": "store".',
            pointer="/text",
        )


class SameArticleError(InvalidInputError):
    """What a URL leads to is an article that is there already, under the id."""

    def __init__(self, *, id: str) -> None:
        super().__init__(f"The same article is already there, as {id}.")


class OutboundRefusedError(InvalidInputError):
    """The address may not be called, or what it answers is not to be taken. Trying again cannot help."""


class ConflictingStateError(ClaimlineError):
    """What is asked contradicts what is stored."""


class IdempotencyMismatchError(ConflictingStateError):
    """The idempotency key was used before, with another request."""

    pointer = "Idempotency-Key"


class UnavailableError(ClaimlineError):
    """A part of the service (database, worker) does not answer now; worth trying again."""


class UnreachableError(UnavailableError):
    """Somebody else's host does not answer, or not in time; worth trying again."""


class ConfigurationError(ClaimlineError):
    """The service cannot start as configured; the message is one line that says what to do."""
