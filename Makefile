# wugan: `make` lists the targets. Everything happens in .venv, which is made when it is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
EXTRAS ?= speech,design,step,medical,haptics,spatial,web,dev
PYTEST_ARGS ?=
# Hundreds of processes are started; without byte code on disk each would compile torch and Ray anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install venv test test-all slow lint docs demo cold clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## make .venv and install system packages and wugan there, from uv.lock; EXTRAS=all,dev for every sense
	@scripts/install.sh $(EXTRAS)

venv: install

demo: install ## run the applications end to end and leave demo-result/index.html
	@$(BIN)/wugan demo

test: lint docs ## check the code, build the docs, run the tests but the slow ones; PYTEST_ARGS="-k points" for a part
	$(BIN)/python -m pytest -n 2 -m "not slow" $(PYTEST_ARGS)  # tests/conftest.py says what runs side by side

slow: install ## run the slow tests only
	$(BIN)/python -m pytest -n 2 -m slow $(PYTEST_ARGS)

test-all: test slow ## everything

lint: install ## ruff (rules and format) and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p wugan

docs: install ## build the documentation into site/, strictly
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

cold: ## install from uv.lock into an empty folder with an empty package cache, and run what a stranger runs there
	@scripts/cold.sh

clean: ## remove what was built; .venv stays
	rm -rf build dist site src/*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-result
	find core modalities devices apps tests examples benchmarks -name __pycache__ -prune -exec rm -rf {} +
