# Two stages: assets and packages are made in the first; the second runs without root, compilers or secrets.
FROM python:3.11-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends nodejs npm && rm -rf /var/lib/apt/lists/*
WORKDIR /portal
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN bin/fetch-assets \
 && /venv/bin/pybabel -q compile -d locale -D django \
 && VAR_DIR=/tmp/build /venv/bin/python manage.py collectstatic --noinput -v0

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /portal --shell /usr/sbin/nologin portal
COPY --from=build /venv /venv
COPY --from=build /portal /portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 VAR_DIR=/var/lib/portal
RUN install -d -o portal /var/lib/portal /var/lib/portal/dumps /var/lib/portal/exports
WORKDIR /portal
USER portal
EXPOSE 8000
# Threads, no preload: Polars and the chart renderer must not be forked once used.
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "120"]
