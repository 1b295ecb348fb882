"""Kill -9 of the worker, then of everything, in the middle of thirty articles; then an orderly end in the middle of
more. One life of a data directory, about which each test asks one thing."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg.rows import dict_row

from app.store.embedded import embedded_postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EVENTS = (
    ("Harrowmouth", "fish market", "Lena Marchetti"),
    ("Tessel Bay", "paper mill", "Jonas Okafor"),
    ("Kirkvale", "timber yard", "Ines Halloran"),
    ("Ostra Lund", "tram depot", "Piet Verhaag"),
    ("Merrowfield", "grain store", "Salma Quist"),
    ("Port Alder", "ferry terminal", "Hugo Brandl"),
    ("Castel Vero", "glass works", "Nadia Ferran"),
    ("Upper Quill", "village school", "Tomas Arvid"),
    ("Saint Bren", "cable factory", "Greta Oyelaran"),
    ("Low Tarrant", "boat museum", "Elio Samper"),
)
REPORT = """{place}, {day} March 2031

The {thing} of {place} burned down on the night of 3 March 2031, the fire service said. Chief officer {officer} said
that {injured} people were injured. "We had {crews} crews here within the hour," the officer said.

The council reckons the damage at {damage} million euros. The {thing} was built in 1894 and employed {staff} people."""


def _articles(count: int, *, first: int) -> list[dict[str, Any]]:
    """Reports of one shape with figures of their own, in turn about ten fires, so that each must yield as many claims
    as the others about its fire."""
    articles = []
    for n in range(first, first + count):
        place, thing, officer = EVENTS[n % len(EVENTS)]
        text = REPORT.format(
            place=place, thing=thing, officer=officer, day=4 + n // 10 % 3, injured=11 + n, crews=12 + n,
            damage=30 + n, staff=210 + n,
        )  # fmt: skip
        title, source = f"Fire at the {thing} of {place}", {"name": f"Paper {n}"}
        articles.append({"text": text, "title": title, "source": source, "published_at": "2031-03-04T18:00:00Z"})
    return articles


@dataclass
class Life:
    """What one data directory went through."""

    seconds_to_ready: float
    seconds_to_stop: float
    exit_code: int
    is_server_gone: bool
    details: list[dict[str, Any]]
    texts: dict[str, str]
    rows: dict[str, list[dict[str, Any]]]
    late: dict[str, str]


QUERIES = {
    "unfinished": "SELECT id FROM procrastinate_jobs WHERE status IN ('todo', 'doing')",
    "running": "SELECT id FROM procrastinate_jobs WHERE status = 'doing'",
    "failed": "SELECT id FROM procrastinate_jobs WHERE status = 'failed'",
    "claims": 'SELECT article_id, start, "end" FROM claim',
    "grouped": "SELECT claim_id FROM claim_group_member",
    "evidence": "SELECT position_id, claim_id FROM position_evidence",
    "articles": "SELECT id, status FROM article",
}


@contextmanager
def _rows(data_dir: Path) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    with embedded_postgres(data_dir) as url, psycopg.connect(url, row_factory=dict_row) as connection:
        yield lambda name: connection.execute(QUERIES[name]).fetchall()  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def life(start: Callable[..., Any], until: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Life:
    data_dir = tmp_path_factory.mktemp("life")
    service = start("serve", CLAIMLINE_DATA_DIR=str(data_dir))
    service.wait_ready()
    answer = service.http.post("/v1/articles/batch", json=_articles(30, first=0)).raise_for_status()
    ids = [item["id"] for item in answer.json()["items"]]

    until(lambda: service.count("analysed") >= 5, log=service.log)
    service.worker().kill()
    until(lambda: service.count("analysed") >= 12, log=service.log)
    assert service.count("analysed") < 30, "too late to kill in the middle"
    _kill_everything(service, data_dir)

    service = start("serve", CLAIMLINE_DATA_DIR=str(data_dir))
    seconds_to_ready = service.wait_ready()
    until(lambda: service.count("analysed") == 30, log=service.log)
    details = [service.http.get(f"/v1/articles/{key}").json() for key in ids]
    texts = {key: service.http.get(f"/v1/articles/{key}/text").text for key in ids}
    with _rows(data_dir) as rows:
        found = {name: rows(name) for name in QUERIES}

    answer = service.http.post("/v1/articles/batch", json=_articles(8, first=30)).raise_for_status()
    late = [item["id"] for item in answer.json()["items"]]
    until(lambda: service.count("analysing"), log=service.log)
    postmaster = _postmaster(data_dir)
    seconds_to_stop = service.terminate()
    is_server_gone = not postmaster.is_running() or postmaster.status() == psutil.STATUS_ZOMBIE
    with _rows(data_dir) as rows:
        found["running"] = rows("running")
        found["unfinished"] = rows("unfinished")
        statuses = {str(row["id"]): row["status"] for row in rows("articles") if str(row["id"]) in late}
    return Life(
        seconds_to_ready, seconds_to_stop, service.process.returncode, is_server_gone, details, texts, found, statuses
    )


def _postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0]))


def _kill_everything(service: Any, data_dir: Path) -> None:
    """As a power cut would: the service, its worker, PostgreSQL and all its children."""
    postmaster = _postmaster(data_dir)
    family = [psutil.Process(service.process.pid), service.worker(), postmaster, *postmaster.children(recursive=True)]
    for process in family:
        with suppress(psutil.NoSuchProcess):  # PostgreSQL's children come and go
            process.kill()
    service.process.wait()
    psutil.wait_procs(family, timeout=10)


def test_every_article_ends_analysed(life: Life) -> None:
    assert [(detail["status"], detail["error"]) for detail in life.details] == [("analysed", None)] * 30
    assert life.rows["failed"] == []


def test_no_claim_is_there_twice_and_none_is_missing(life: Life) -> None:
    spans = Counter((row["article_id"], row["start"], row["end"]) for row in life.rows["claims"])
    assert max(spans.values()) == 1
    numbers = {}
    for detail in life.details:
        numbers.setdefault(detail["title"], []).append(len(detail["claims"]))
    assert len(numbers) == len(EVENTS)
    assert all(len(of_event) == 3 and len(set(of_event)) == 1 for of_event in numbers.values()), numbers
    assert sum(map(sum, numbers.values())) == len(life.rows["claims"]) > 30


def test_no_claim_counts_twice_in_what_is_made_of_it(life: Life) -> None:
    assert max(Counter(row["claim_id"] for row in life.rows["grouped"]).values(), default=1) == 1
    pairs = Counter((row["position_id"], row["claim_id"]) for row in life.rows["evidence"])
    assert max(pairs.values(), default=1) == 1


def test_every_claim_is_where_it_says(life: Life) -> None:
    for detail in life.details:
        text = life.texts[detail["id"]]
        assert detail["claims"]
        assert all(text[claim["start"] : claim["end"]] == claim["exact"] for claim in detail["claims"])


def test_the_service_is_ready_soon_on_an_existing_data_directory(life: Life) -> None:
    # Ten seconds are promised, on a machine of its own; those that run tests have other work.
    assert life.seconds_to_ready < 60


def test_the_end_is_orderly(life: Life) -> None:
    assert life.exit_code == 0
    assert life.seconds_to_stop < 10
    assert life.is_server_gone


def test_work_in_flight_at_the_end_is_finished_or_put_back(life: Life) -> None:
    assert life.rows["running"] == []
    unfinished = sum(status != "analysed" for status in life.late.values())
    assert len(life.late) == 8
    assert unfinished == len(life.rows["unfinished"]) > 0
