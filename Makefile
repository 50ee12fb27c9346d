# `make` alone lists the targets. All of them need only Python >= 3.11, venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := python -m
PIP_COMPILE := $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

# What is compiled once need not be compiled again by every process that a test starts.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test lint check hostile bench migration lock docs texts screenshots

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 12

setup: $(VENV)/.installed  ## create .venv with the pinned dependencies (idempotent)

$(VENV)/.installed: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

demo: setup  ## a synthetic year of a county through the real API; ARGS=--no-serve ends after the tables
	$(BIN)/maaraaika demo $(ARGS)

serve: setup  ## the service on 127.0.0.1:8000, on the embedded PostgreSQL unless MAARAAIKA_DATABASE_URL is set
	$(BIN)/maaraaika serve $(ARGS)

# What lands is decided by the change and not by luck: the same examples of every
# property, and the same order. `make test` tries others each time.
SEEDS := --hypothesis-seed=20261005 --randomly-seed=20261005

# On two cores a third worker computes while the others wait.
test: setup  ## every test, on a real PostgreSQL
	$(BIN)/$(RUN) pytest -n 3 --dist worksteal $(ARGS)

lint: setup  ## format, lint, types, layers, templates, spelling, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint app/web/templates --lint --quiet
	$(BIN)/codespell
	$(BIN)/deptry .

check: lint  ## lint, then `make test` with many examples of every property and with coverage
	rm -f .coverage .coverage.*
	MAARAAIKA_TEST_PROFILE=full $(MAKE) test RUN="coverage run -m" ARGS="-n 2 --quiet $(SEEDS)"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered
	$(BIN)/coverage report --include='app/domain/*' --fail-under=100 --skip-covered

hostile: setup  ## tens of thousands of malformed requests, counted by maker and status; a few minutes
	MAARAAIKA_TEST_PROFILE=exhaustive $(BIN)/python -m pytest -n 2 --quiet $(ARGS) tests/hostile

bench: setup  ## figures and ratios against floors measured in the same run
	$(BIN)/python -m bench $(ARGS)

migration: setup  ## a new migration from the difference between models and database: m="why"
	$(BIN)/maaraaika migration "$(m)"

lock: setup  ## re-make both lock files from the ranges in pyproject.toml
	$(PIP_COMPILE) --upgrade --extra embedded --output-file requirements.lock pyproject.toml
	$(PIP_COMPILE) --upgrade --extra embedded --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

docs: setup  ## re-make the generated pages of docs/
	$(BIN)/python -m app.cli law-page > docs/law.md
	$(BIN)/python -m app.cli figures-page > docs/figures.md

texts: setup  ## collect the texts of the screens for their translators, in app/locales/
	mkdir -p var
	$(BIN)/pybabel -q extract --mapping-file pyproject.toml --add-location file --omit-header --output-file var/texts.pot .
	for language in fi sv; do \
		$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --omit-header --no-wrap \
			--input-file var/texts.pot --output-dir app/locales --locale $$language; \
	done
	rm var/texts.pot

screenshots: setup  ## every page in three languages, in var/screenshots/; some of them for docs/
	$(BIN)/python -m tests.web.screenshots
