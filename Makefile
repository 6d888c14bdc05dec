# make run    the portal on http://127.0.0.1:8000 with the published filings and demo users, nothing else to install
# make test   everything the project claims, on PostgreSQL + Redis + Chromium and on SQLite
PYTHON ?= python3
BIN := .venv/bin
.PHONY: run test check bench lock screenshots clean

run: .venv/run static/vendor/ecl/fetched.txt locale
	$(BIN)/python manage.py collectstatic --noinput -v0
	DEMO=$${DEMO:-true} exec $(BIN)/python -W ignore manage.py run_embedded

test: .venv/dev static/vendor/ecl/fetched.txt locale
	$(BIN)/python manage.py collectstatic --noinput -v0
	bin/test

check: .venv/dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports
	$(BIN)/python manage.py check

bench: .venv/bench static/vendor/ecl/fetched.txt
	PG_OPTIONS="-c shared_buffers=1GB -c max_wal_size=16GB -c checkpoint_timeout=30min" bin/test-servers $(BIN)/python -m benchmarks

screenshots: .venv/dev
	$(BIN)/python bin/screenshots

# New versions within the ranges of pyproject.toml; hashes for every file, no registry addresses.
lock: .venv/dev
	$(BIN)/pip install -q uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --upgrade --generate-hashes --no-emit-index-url --no-header -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --group dev --upgrade --generate-hashes --no-emit-index-url --no-header -q -o requirements-dev.txt
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --group dev --group bench --upgrade --generate-hashes --no-emit-index-url --no-header -q -o requirements-bench.txt

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt | .venv/bin/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	touch $@

.venv/dev: requirements-dev.txt requirements.txt | .venv/bin/python
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	touch .venv/run $@

.venv/bench: requirements-bench.txt | .venv/dev
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.txt
	touch $@

static/vendor/ecl/fetched.txt: bin/fetch-assets
	bin/fetch-assets

# Translations are compiled where they are older than their source.
locale: locale/da/LC_MESSAGES/django.mo locale/nl/LC_MESSAGES/django.mo
.PHONY: locale
locale/%/LC_MESSAGES/django.mo: locale/%/LC_MESSAGES/django.po | .venv/bin/python
	$(BIN)/pybabel -q compile -d locale -D django -l $*

clean:
	rm -rf .venv var staticfiles static/vendor
