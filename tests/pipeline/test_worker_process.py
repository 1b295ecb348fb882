"""A worker as a process: signals, parallel jobs, and the jobs of the killed. The analysis here is a nap."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from app.pipeline.jobs import defer_analysis
from app.store.engine import SessionFactory, create_engine, session_factory
from app.store.tables import Article

NOW = datetime(2031, 5, 6, tzinfo=UTC)
WORKER = """
import sys, time
from app.logs import configure
from app.pipeline.jobs import run_worker
from app.store.engine import create_engine, session_factory

url, nap, concurrency = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])

def analyse(article_id):
    print("begun", flush=True)
    time.sleep(nap)

configure(level="ERROR", format="json")
engine = create_engine(url)
was_asked = run_worker(url, analyse=analyse, sessions=session_factory(engine), concurrency=concurrency,
                       on_registered=lambda id: print("ready", flush=True), drain_seconds=1.5)
engine.dispose()
sys.exit(0 if was_asked else 1)
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def committing(database_url: str) -> Iterator[SessionFactory]:
    engine = create_engine(database_url)
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture
def start(database_url: str) -> Iterator[Start]:
    running = []

    def start(*, nap: float, concurrency: int = 1, finds_jobs: bool = False) -> "subprocess.Popen[str]":
        command = [sys.executable, "-W", "error", "-c", WORKER, database_url, str(nap), str(concurrency)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        if not finds_jobs:  # a worker that finds a job may begin it before it says that it is ready
            assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def _submit(sessions: SessionFactory, *names: str) -> None:
    with sessions.begin() as session:
        for name in names:
            article = Article(text="The ferry left.", fingerprint=name, created_at=NOW)
            session.add(article)
            session.flush()
            defer_analysis(session, article.id)


def _begun(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert (process.stdout.readline() if line == "ready\n" else line) == "begun\n"


def _jobs(sessions: SessionFactory) -> list[str]:
    with sessions() as session:
        return list(session.connection().execute(text("SELECT status::text FROM procrastinate_jobs")).scalars())


def _workers(sessions: SessionFactory) -> int:
    with sessions() as session:
        return int(session.connection().execute(text("SELECT count(*) FROM procrastinate_workers")).scalar_one())


def test_a_job_in_flight_is_finished_after_the_signal(start: Start, committing: SessionFactory) -> None:
    worker = start(nap=0.7)
    _submit(committing, "one", "two")
    _begun(worker)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert _jobs(committing) == ["todo"]
    assert _workers(committing) == 0


def test_a_job_that_takes_too_long_is_put_back(start: Start, committing: SessionFactory) -> None:
    worker = start(nap=60)
    _submit(committing, "one")
    _begun(worker)
    started = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert time.monotonic() - started < 6
    assert _jobs(committing) == ["todo"]
    assert _workers(committing) == 0


def test_a_worker_that_cannot_put_its_job_back_ends_all_the_same(start: Start, committing: SessionFactory) -> None:
    worker = start(nap=60)
    _submit(committing, "one")
    _begun(worker)
    with committing.begin() as session:
        session.connection().execute(text("ALTER FUNCTION procrastinate_unregister_worker_v1 RENAME TO away"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(10) == 0
    assert _jobs(committing) == ["doing"]


def test_a_second_signal_ends_a_worker_at_once(start: Start, committing: SessionFactory) -> None:
    worker = start(nap=60)
    _submit(committing, "one")
    _begun(worker)
    worker.send_signal(signal.SIGINT)
    time.sleep(0.3)
    worker.send_signal(signal.SIGINT)
    assert worker.wait(1) == 1
    assert _jobs(committing) == ["doing"]


def test_as_many_jobs_run_at_once_as_were_asked_for(start: Start, committing: SessionFactory) -> None:
    worker = start(nap=60, concurrency=3)
    _submit(committing, "one", "two", "three", "four")
    for _ in range(3):
        _begun(worker)
    assert sorted(_jobs(committing)) == ["doing"] * 3 + ["todo"]


def test_the_job_of_a_killed_worker_is_taken_over_when_its_heartbeat_is_old(
    start: Start, committing: SessionFactory
) -> None:
    killed = start(nap=60)
    _submit(committing, "one")
    _begun(killed)
    killed.kill()
    killed.wait()
    with committing.begin() as session:  # as if the time had passed
        session.connection().execute(
            text("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
        )
    other = start(nap=0, finds_jobs=True)
    _begun(other)
    other.send_signal(signal.SIGTERM)
    assert other.wait(10) == 0
    assert _jobs(committing) == []


def test_workers_replaced_one_by_one_do_every_job_once(start: Start, committing: SessionFactory) -> None:
    """As in an upgrade: the queue is never without a worker, and what an old one has begun it finishes."""
    old, new = [start(nap=0.1) for _ in range(2)], []
    begun = 0
    for number, worker in enumerate(old):
        _submit(committing, *(f"article {number}.{n}" for n in range(15)))
        new.append(start(nap=0.1, finds_jobs=True))
        assert new[-1].stdout is not None
        while new[-1].stdout.readline() != "ready\n":
            begun += 1
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    _submit(committing, "the last")
    deadline = time.monotonic() + 60
    while _jobs(committing):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for worker in new:
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(20) == 0
    begun += sum(worker.stdout.read().count("begun\n") for worker in (*old, *new) if worker.stdout)
    assert begun == 31
    assert _workers(committing) == 0
