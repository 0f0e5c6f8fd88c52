# Everything a reader or a contributor runs. Stamps inside .venv and node_modules make a second call quick.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt
NODE_MODULES := frontend/node_modules/.package-lock.json
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help lab test lint paper docs build bench chromium clean

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' Makefile

lab: .venv/.lab  ## open the notebooks in JupyterLab (LAB_FLAGS="--no-browser --port 9000" is passed on)
	$(BIN)/jupyter lab $(AS_ROOT) $(LAB_FLAGS) notebooks/

test: lint chromium  ## everything: linters, types, layers, front end, Python, browser
	$(BIN)/python -m pytest --numprocesses 2

lint: .venv/.test $(NODE_MODULES)  ## ruff, types, layers, the front end's types and tests
	$(BIN)/ruff check
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	cd frontend && npm run --silent check && npm test --silent

paper: .venv/.test  ## the long reproductions of the paper's figures
	$(BIN)/python -m pytest -m paper

docs: .venv/.test  ## the site in docs/_build/html, with the notebooks run for their pictures
	$(BIN)/python -m sphinx -q -b html -W --keep-going docs docs/_build/html

build: $(NODE_MODULES)  ## bundle the front end into tms_widgets/static
	cd frontend && npm run --silent build

bench: .venv/.lab  ## measure training against the published way
	$(BIN)/python -m benchmarks

clean:  ## remove everything that the other targets made, except tms_widgets/static
	rm -rf .venv frontend/node_modules frontend/build docs/_build docs/course .hypothesis .pytest_cache .ruff_cache .import_linter_cache
	find tms_widgets tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

chromium:
	@command -v chromium >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -q -y --no-install-recommends chromium; } \
	|| { echo "The browser tests need Chromium: run 'apt-get install chromium' as root." >&2; exit 1; }

.venv/bin/python:
	$(PYTHON) -m venv .venv

# hatchling first and no isolation: the build, too, uses only pinned versions.
.venv/.lab: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing Python packages; the first time this takes a few minutes."
	$(PIP) hatchling
	$(PIP) --no-build-isolation --editable '.[lab]'
	$(BIN)/python -m tms_widgets.core.engines.warm || echo "The kernels are not compiled yet: the first run will do it."
	touch $@

.venv/.test: .venv/.lab
	$(PIP) --no-build-isolation --editable '.[test]'
	touch $@

$(NODE_MODULES): frontend/package.json frontend/package-lock.json
	cd frontend && npm ci --no-fund --no-audit
	touch $@
