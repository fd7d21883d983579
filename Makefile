# Everything is set up in .venv; the first target that needs it makes it.
PYTHON ?= python3
BIN := .venv/bin
# Quiet: errors still show.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help venv demo lint quick test bench format docs flow-table constraints clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: .venv/.installed ## set up .venv (PYTHON=... chooses the interpreter, 3.11 or later)

.venv/.installed: pyproject.toml constraints.txt
	@command -v $(PYTHON) >/dev/null || { echo "joinlab needs Python 3.11 or later, and there is no '$(PYTHON)'. Name one: make PYTHON=python3.11 venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "joinlab needs Python 3.11 or later, and '$(PYTHON)' is $$($(PYTHON) -V). Name another: make PYTHON=python3.11 venv" >&2; exit 1; }
	@echo "Setting up .venv; the first time takes a minute or two."
	$(PYTHON) -m venv .venv
	$(PIP) hatchling
	$(PIP) --no-build-isolation -e '.[dev,dask,research]'
	@touch $@

.venv/.installed-bench: .venv/.installed
	$(PIP) --no-build-isolation -e '.[bench]'
	@touch $@

demo: venv ## compare two flows
	$(BIN)/joinlab compare accept_or_leave granular_opt_in --seed 2023

lint: venv ## check format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

quick: lint ## lint and all tests but the slow ones
	$(BIN)/pytest -n 2

test: quick ## lint and all tests
	$(BIN)/pytest -n 2 -m slow

bench: .venv/.installed-bench ## measure speed against the baselines
	$(BIN)/python benchmarks/run.py

format: venv ## put files into the project's format and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: venv flow-table ## write anew what README and docs show: outputs of commands, pictures, tables of flows and of law cases
	$(BIN)/python -m tests.law.render
	$(BIN)/python -m tests.docs_pages
	$(BIN)/joinlab ui --screen compare --seed 2023 --screenshot docs/images --size 100x30

flow-table: venv ## write the table of real flows in scenarios/README.md anew from their files
	$(BIN)/python -m simulator.cli.flow_table

constraints: venv ## renew the exact versions in constraints.txt from the ranges in pyproject.toml
	rm -rf build/lock
	$(BIN)/python -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check '.[dev,dask,research,bench]'
	{ sed '/^[^#]/,$$d' constraints.txt; build/lock/bin/python -m pip freeze --exclude joinlab; } > build/constraints.txt
	mv build/constraints.txt constraints.txt
	rm -rf build/lock

clean: ## remove everything that was made here, .venv too
	rm -rf .venv build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
