# Everything a person or CI runs. `make` alone lists it.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo up test unit chaos bench check format lock docs clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(STAMP) ## Make .venv with everything in it, from the lock

$(STAMP): pyproject.toml requirements.lock ops/install.sh
	@PYTHON="$(PYTHON)" sh ops/install.sh $(VENV)
	@touch $@

demo: $(STAMP) ## Run one real job of every kind on the embedded stack
	@$(BIN)/sayline demo

up: $(STAMP) ## Run the stack until Ctrl-C
	@$(BIN)/sayline up

test: check ## Run all checks and tests
	@$(BIN)/python -m pytest

unit: $(STAMP) ## Run the unit tests alone: no sockets, seconds
	@$(BIN)/python -m pytest tests/unit

chaos: $(STAMP) ## Run storms of thousands of jobs, kills and faults; half an hour
	@$(BIN)/python -m tests.chaos --seed 1 2 3 --jobs 700 --minutes 2.5

bench: $(STAMP) ## Measure Sayline beside Celery and others; ten minutes
	@$(BIN)/python -m ops.bench

check: $(STAMP) ## Lint, types and architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## Format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

docs: $(STAMP) ## Write what docs take from the code
	@$(BIN)/python -m ops.docs

lock: $(STAMP) ## Choose the newest versions that pyproject.toml allows
	@$(BIN)/uv pip compile --quiet --universal --all-extras --generate-hashes --no-emit-index-url --no-annotate \
		--no-header --upgrade --python-version 3.11 --output-file requirements.lock pyproject.toml

clean: ## Remove .venv and the local stack's data
	@rm -rf $(VENV) .data
