# `make` sets up a virtual environment and builds the bundled handbook; `make test` sets up and runs all tests.

VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough; choose another with `make PYTHON=python3.13`.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)

.PHONY: build setup test lint docs benchmark clean

build: setup
	$(BIN)/vulgate build books/python

setup: $(VENV)/ready

$(VENV)/ready: pyproject.toml requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with 'make PYTHON=...'"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

test: setup
	$(BIN)/python -m pytest -n auto

lint: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: setup
	$(BIN)/python docs/generate.py

benchmark: setup
	$(BIN)/python benchmarks/build.py
	$(BIN)/python benchmarks/verify.py
	$(BIN)/python benchmarks/handbook.py
	$(BIN)/python benchmarks/serve.py
	$(BIN)/python benchmarks/agents.py
	$(BIN)/python benchmarks/tokens.py

clean:
	rm -rf $(VENV) books/python/dist books/python/.vulgate benchmarks/work
