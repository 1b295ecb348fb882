# One image for every role: serve (everything, the default), api, worker, migrate.
# A container is reached from outside: it starts once there is an API key ('keys create NAME' on the same volume or
# database), or with CLAIMLINE_TRUST_NETWORK=true.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
ENV UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
RUN python -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-cache-dir \
    --target /opt/tools uv==0.13.9
# Dependencies first: they change less often than the code, and models less often than it.
COPY pyproject.toml uv.lock README.md ./
RUN /opt/tools/bin/uv sync --frozen --quiet --no-dev --no-install-project
COPY models models
COPY migrations migrations
COPY app app
RUN /opt/tools/bin/uv sync --frozen --quiet --no-dev

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin claimline \
    && install --directory --owner claimline --group claimline --mode 0700 /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 CLAIMLINE_HOST=0.0.0.0 CLAIMLINE_PORT=8000 CLAIMLINE_DATA_DIR=/data
USER claimline
VOLUME /data
EXPOSE 8000
# For the roles that answer HTTP; compose.yaml switches it off for workers.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD \
    ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['CLAIMLINE_PORT']}/healthz\", timeout=2)"]
ENTRYPOINT ["claimline"]
CMD ["serve"]
