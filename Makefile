# Everything that a fresh machine needs comes from here: `make sandbox` and `make test` set up what they use.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.built
RUST := $(shell find rust -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock
SHARED ?= ../shared
PYTHON ?= python3

.PHONY: build sandbox test lint fix bench wheel protos clean

build: $(STAMP)

$(VENV)/.tools: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pcmk needs Python 3.11 or newer")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --upgrade maturin
	$(BIN)/python -m pip install -q --disable-pip-version-check \
	    $$($(BIN)/python tools/requirements.py pyproject.toml dev)
	touch $@

$(STAMP): $(VENV)/.tools $(RUST)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --quiet --skip-install-deps --profile fast \
	    || VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --profile fast
	touch $@

sandbox: build
	$(BIN)/pcmk sandbox down --quiet
	$(BIN)/pcmk sandbox up

test: build
	cargo test --workspace --profile fast --quiet
	$(BIN)/python -m pytest -q -n auto -m 'not e2e'
	$(BIN)/python -m pytest -q -m e2e

lint: build
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	$(BIN)/ruff check python tests benches tools
	$(BIN)/ruff format --check python tests benches tools
	$(BIN)/basedpyright --level error
	$(BIN)/lint-imports

fix:
	cargo fmt --all
	$(BIN)/ruff check --fix python tests benches tools
	$(BIN)/ruff format python tests benches tools

bench: build
	$(BIN)/python -m pytest -q benches --benchmark-only

wheel: $(VENV)/.tools
	$(BIN)/maturin build --release --out dist

protos: build
	$(BIN)/python tools/protos.py

clean:
	rm -rf $(VENV) target dist
