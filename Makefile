# Regrade on one machine: `make` lists what there is. Needs make and Python 3.11 or newer with venv, nothing else.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Starts take a third of the time with kept byte code.
unexport PYTHONDONTWRITEBYTECODE
# No need for PostgreSQL, Kafka or a running platform.
ALONE := not storage and not kafka and not journey and not browser and not node
# Each worker takes whole files, so that a file's fixtures are made once.
WORKERS := -n 2 --dist loadfile
SOURCES := $(wildcard libs/*/src services/*/src gateway/src sandbox/src cli/src deploy/local/src)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-17s %s\n", $$1, $$2 }' Makefile

.PHONY: install
install: ## Make .venv from requirements.lock (the other targets do it by themselves)
	@sh deploy/local/bootstrap.sh

.PHONY: run
run: install ## Start the whole platform with demo data; Ctrl-C stops it
	@# Tied to make itself, so that killing make, however hard, leaves nothing running.
	@exec $(BIN)/python -I -S deploy/local/src/launcher/tether.py 15 $$PPID - $(BIN)/regrade up

.PHONY: reset
reset: install ## Remove databases, topics, logs and secrets of this clone
	@$(BIN)/regrade reset

.PHONY: lint
lint: install ## Check style and the walls between the rooms
	@echo "== lint"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports

.PHONY: types
types: install ## Check types, strictly
	@echo "== types"
	@$(BIN)/mypy $(SOURCES)

.PHONY: contracts
contracts: install ## Write the published contracts anew
	@$(BIN)/python -m tests.contracts.generate

.PHONY: markets
markets: install ## Write docs/markets.md anew: which tests prove which rule in which market
	@$(BIN)/python -m tests.markets.page

.PHONY: release-contracts
release-contracts: install ## Keep today's contracts as the promise that later ones are held to
	@$(BIN)/python -m tests.contracts.promises

.PHONY: test-fast
test-fast: install ## Domain, use cases and architecture: no I/O, seconds
	@$(PYTEST) $(WORKERS) -m "$(ALONE)"

.PHONY: journeys
journeys: install ## Play the stories through the gateway, on two whole platforms side by side
	@$(PYTEST) $(WORKERS) -m journey

.PHONY: test
test: lint types ## Everything a change must pass; exactly what CI runs
	@echo "== tests without I/O"
	@$(PYTEST) $(WORKERS) -m "$(ALONE)"
	@echo "== contracts by the linter"
	@$(PYTEST) -m node
	@echo "== tests on PostgreSQL and Kafka"
	@$(PYTEST) $(WORKERS) -m "(storage or kafka) and not journey"
	@echo "== journeys"
	@$(PYTEST) $(WORKERS) -m journey
	@echo "== browser"
	@$(PYTEST) -m browser

.PHONY: coverage
coverage: install ## Which lines the tests without a platform reach
	@$(PYTEST) $(WORKERS) -m "not journey and not browser" --cov --cov-report=term:skip-covered

.PHONY: screenshots
screenshots: install ## Take the pictures of the documentation anew
	@$(BIN)/python -m tests.browser.screenshots

.PHONY: bench
bench: install ## Measure flows beside their limits on a platform of its own (6 minutes); ONLY="orders_16 search", KEEP=1
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY)) $(if $(KEEP),--keep)

.PHONY: bench-sizes
bench-sizes: install ## Measure push and search at several sizes: SIZES="10000 100000 1000000" (1 M takes an hour), KEEP=1
	@$(BIN)/python -m bench.sizes $(if $(SIZES),--offers $(SIZES)) $(if $(KEEP),--keep)

.PHONY: fight
fight: install ## Let 64 clients fight over one unit, 10,000 rounds (half an hour); ROUNDS=500, KEEP=1 adds it to the table
	@FIGHT_ROUNDS=$(or $(ROUNDS),10000) $(if $(KEEP),FIGHT_KEPT=bench/records/fights.md) $(PYTEST) -q -k one_winner services/catalog/tests/test_storage/test_fight.py

.PHONY: lock
lock: install ## Resolve the dependencies anew into requirements.lock
	@$(BIN)/uv lock
	@$(BIN)/uv export --frozen --all-groups --no-emit-workspace --no-annotate --no-header --format requirements-txt -o requirements.lock
