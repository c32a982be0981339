# Digihelse. `make run` and `make test` are all one needs; both do their own set-up.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PORT ?= 3000
export DIGIHELSE_BASE_URL ?= http://localhost:$(PORT)

# What Python has compiled is kept: without it, each start of the app and each test program costs seconds more.
unexport PYTHONDONTWRITEBYTECODE

PY := .venv/bin/python
PATHS := digihelse_app tests tools bench rxconfig.py

.PHONY: help run test check unit reset bench theme requirements migration format app dev
.PHONY: lint types layers

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 24

run: app ## Start the app with everything at http://localhost:3000 (PORT=… for another port)
	@$(PY) -m tools.run

test: dev ## Run every test, in real Chromium and on both database engines
	@$(PY) -m tools.test

check: dev lint ## Format, lint, types, layers, architecture and unit tests; under a minute
	@$(MAKE) -j2 types layers unit

lint:
	@echo "Format and lint …"
	@.venv/bin/ruff format --check --quiet $(PATHS) || { echo "Some files are not formatted: make format"; exit 1; }
	@.venv/bin/ruff check --quiet $(PATHS)

types:
	@echo "Types …"
	@.venv/bin/basedpyright --level error

layers:
	@echo "Layers …"
	@.venv/bin/lint-imports --no-cache

unit:
	@echo "Architecture and unit tests …"
	@$(PY) -m pytest -q tests/architecture tests/unit

format: dev ## Format the code, and mend what can be mended
	@.venv/bin/ruff check --fix --quiet $(PATHS); .venv/bin/ruff format $(PATHS)

reset: ## Start over: forget all data made by `make run`
	@python=$$(sh tools/find_python.sh $(PYTHON)) && "$$python" tools/reset.py

bench: dev ## Measure what pages cost to load, and acts in time and queries
	@$(PY) -m bench

theme: dev ## Make the theme anew with the design system's own generator
	@$(PY) -m tools.theme

migration: dev ## Write a migration for changed models (NAME="what changes", or INITIAL=1 before the first release)
	@$(PY) -m tools.migration $(if $(INITIAL),--initial,"$(NAME)")

requirements: dev ## Pin the packages anew from pyproject.toml (UPGRADE=1 takes newer versions)
	@$(PY) -m tools.requirements $(if $(UPGRADE),--upgrade)

app dev:
	@python=$$(sh tools/find_python.sh $(PYTHON)) && "$$python" tools/bootstrap.py $@
