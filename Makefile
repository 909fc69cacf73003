# Everything that a fresh machine needs comes from here: `make sandbox` and `make test` set up what they use.

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.built
RUST := $(shell find rust -name '*.rs' -o -name Cargo.toml) Cargo.toml Cargo.lock
PYTHON ?= python3
CODE := python tests benches tools

.PHONY: build packages sandbox test lint fix fuzz bench bench-cluster counts man wheel protos clean

build: $(STAMP)

$(VENV)/.tools: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "pcmk needs Python 3.11 or newer with venv; name another one with: make PYTHON=/path/to/python3"; exit 1; } >&2
	@command -v cargo >/dev/null || { echo "pcmk needs Rust 1.85 or newer: no cargo in PATH"; exit 1; } >&2
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check \
	    $$($(BIN)/python tools/requirements.py pyproject.toml dev)
	touch $@

# Editable: what changes in python/ needs no build. Compiled here, because a third of a command's start is compiling
# where Python is told to keep nothing.
$(STAMP): $(VENV)/.tools $(RUST)
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --release
	$(BIN)/python -m compileall -q python
	touch $@

# What some tests need of the system. Where it can't be had (no root, no Debian) they are skipped, and say so.
packages:
	@sh tools/packages.sh corosync:corosync ip:iproute2 pkill:procps nsenter:util-linux valgrind:valgrind \
	    ocf-tester:resource-agents xmllint:libxml2-utils fence_dummy:fence-agents nginx:nginx-light curl:curl modprobe:kmod \
	    /usr/lib/postgresql/15/bin/postgres:postgresql zsh:zsh fish:fish
	@sh tools/clients.sh target/clients

sandbox: build
	$(BIN)/pcmk sandbox down --quiet
	$(BIN)/pcmk sandbox up

# Whole clusters come last and one at a time: they hold the time that things take against limits.
test: build packages counts
	cargo test --workspace --profile fast --quiet
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m 'not e2e'
	$(BIN)/python -m pytest -q -m e2e

lint: build
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/basedpyright --level error
	$(BIN)/lint-imports

fix:
	cargo fmt --all
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

# Executes every fuzzing target $(FUZZ) times as often as `make test` does, with all checks that a build can have.
fuzz:
	PCMK_FUZZ=$(or $(FUZZ),100) RUST_BACKTRACE=0 nice -n 15 \
	    cargo test --profile fuzz -p pcmk-testkit --test fuzz -- --nocapture --test-threads 1

bench: build
	$(BIN)/python -m pytest -q benches --benchmark-only
	$(BIN)/python -m benches.cib_sizes
	$(BIN)/python -m benches.compare $(COMPARE)

# pcmk and Debian's Pacemaker by turns, on nodes with Corosync; root and Debian. About an hour, most of it for the
# reference's many resources: make bench-cluster ARGS='--only start --rounds 3' measures less.
bench-cluster: build
	@sh tools/packages.sh corosync:corosync ip:iproute2 pkill:procps nsenter:util-linux \
	    /usr/lib/ocf/resource.d/heartbeat/Dummy:resource-agents /usr/sbin/pacemakerd:pacemaker /usr/sbin/crm_mon:pacemaker-cli-utils
	$(BIN)/python -m benches.cluster $(ARGS)

# Instructions of fixed work against those on record. A machine where valgrind can't be had says that it skips this.
counts: build packages
	$(BIN)/python -m benches.counts

# Manual pages of all commands, from the same description of their options as `--help`; `man -l docs/man/crm_mon.8` shows one.
man: build
	@$(BIN)/python tools/manual.py docs/man

# For any Python from 3.11 on, and for machines without Rust.
wheel: $(VENV)/.tools
	$(BIN)/maturin build --release --out dist

protos: build
	$(BIN)/python tools/protos.py

clean:
	rm -rf $(VENV) target dist pcmk.data/scripts
