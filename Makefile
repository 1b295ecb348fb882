# Every target sets up what it needs: 'make demo' and 'make test' are enough on a fresh clone.

UV_VERSION := 0.13.9
AUDIT_VERSION := 2.10.1
TOOLS      := .venv/tools
UV         := UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never $(TOOLS)/bin/uv
READY      := .venv/.ready

.PHONY: help setup demo serve test check audit openapi migration lock

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(READY) ## Make .venv with the locked dependencies; does nothing when that is done

demo: setup ## Analyse the sample story and show what comes out
	.venv/bin/python samples/demo.py

serve: setup ## Run the service on http://127.0.0.1:8000 (CLAIMLINE_* settings apply)
	.venv/bin/claimline serve

test: setup ## Run the tests
	.venv/bin/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

check: setup ## Lint, formatting, types, import contracts, drift of openapi.json
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/claimline openapi --check

audit: setup ## Ask PyPI for known vulnerabilities of the locked dependencies; needs the network
	$(UV) export --frozen --quiet --no-emit-project --output-file .venv/locked.txt
	$(UV) tool run pip-audit==$(AUDIT_VERSION) --strict --disable-pip --require-hashes --requirement .venv/locked.txt

openapi: setup ## Write openapi/openapi.json from the code
	.venv/bin/claimline openapi

migration: setup ## Draft a migration from the tables: make migration slug=what_it_does
	@test -n "$(slug)" || { echo "usage: make migration slug=what_it_does" >&2; exit 1; }
	.venv/bin/claimline migrate
	.venv/bin/alembic revision --autogenerate -m "$(slug)"

lock: $(TOOLS)/bin/uv ## Write uv.lock from pyproject.toml
	$(UV) lock

# The environment holds exactly what uv.lock says; uv itself lives in a folder of it that uv does not look into.
$(READY): pyproject.toml uv.lock $(TOOLS)/bin/uv
	$(UV) sync --frozen --quiet
	@touch $@

$(TOOLS)/bin/uv: Makefile
	@set -e; python=$$(for each in python3.11 python3 python; do \
	  $$each -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$each && break; done); \
	test -n "$$python" || { echo "Claimline needs Python 3.11: no python3.11 (or python3 of that version) found." >&2; exit 1; }; \
	test -x .venv/bin/python || $$python -m venv --without-pip .venv; \
	$$python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
	  --upgrade --target $(TOOLS) uv==$(UV_VERSION)
	@touch $@
