"""Lines as they come out: run in a process of their own, since logging is set up for a whole process."""

import json
import subprocess
import sys
from typing import Any

import pytest

SETUP = """
import logging
from app.logs import bound_contextvars, configure, get_logger
configure(level={level!r}, format={format!r})
log = get_logger("app.somewhere")
"""


def _lines(code: str, *, level: str = "INFO", format: str = "json") -> list[str]:
    program = SETUP.format(level=level, format=format) + code
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout == ""
    return result.stderr.splitlines()


def _event(code: str) -> dict[str, Any]:
    (line,) = _lines(code)
    return dict(json.loads(line))


def test_an_event_carries_its_values_and_where_it_comes_from() -> None:
    event = _event("with bound_contextvars(request_id='r1'): log.info('article_analysed', claims=12)")
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "article_analysed", "claims": 12, "request_id": "r1", "level": "info", "logger": "app.somewhere",
    }  # fmt: skip


def test_an_exception_is_told_without_the_text_in_its_message() -> None:
    event = _event(
        "try:\n    try: float('the words of an article')\n    except ValueError as error: "
        "raise OSError(28, 'disk full') from error\nexcept OSError: log.exception('saving_failed')"
    )
    assert "OSError: [Errno 28] disk full" in event["exception"]
    assert "builtins.ValueError\n" in event["exception"]
    assert "the words of an article" not in str(event)


@pytest.mark.parametrize("logger", ["procrastinate.worker", "uvicorn.error", "alembic.runtime.migration"])
def test_libraries_speak_the_same_way(logger: str) -> None:
    event = _event(f"logging.getLogger({logger!r}).error('something', exc_info=False)")
    assert (event["event"], event["level"], event["logger"]) == ("something", "error", logger)


def test_the_queue_s_sentences_become_events() -> None:
    event = _event(
        "logging.getLogger('procrastinate.worker').error('Job analyse_article[7](article_id=x) ended with: Error', "
        "extra={'action': 'job_error', 'job': {'id': 7, 'task_kwargs': {'article_id': 'x'}}})"
    )
    assert (event["event"], event["job_id"]) == ("job_error", 7)


def test_the_chatter_of_libraries_is_left_out() -> None:
    assert (
        _lines("logging.getLogger('uvicorn.access').info('GET / 200'); logging.getLogger('alembic').info('Will')") == []
    )


def test_less_than_the_level_is_left_out() -> None:
    assert _lines("log.info('small'); log.warning('big')", level="WARNING")[0].count("big") == 1


def test_people_get_lines_without_braces() -> None:
    (line,) = _lines("log.info('article_analysed', claims=12)", format="console")
    assert "article_analysed" in line
    assert "claims=12" in line
    assert "{" not in line
