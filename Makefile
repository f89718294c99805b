# wugan: `make` lists the targets. Everything happens in .venv, which is made when it is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
EXTRAS ?= speech,design,medical,haptics,spatial,web,dev
PYTEST_ARGS ?=
# Hundreds of processes are started; without byte code on disk each would compile torch and Ray anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install venv test lint docs demo clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## make .venv and install system packages and wugan there; EXTRAS=all,dev for every sense
	@scripts/install.sh $(EXTRAS)

venv: install

demo: install ## run the applications end to end and leave demo-result/index.html
	@$(BIN)/wugan demo

test: lint docs ## check the code, build the docs, run the tests; PYTEST_ARGS="-m 'not slow'" for a part
	$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)  # tests/conftest.py says what runs side by side

lint: install ## ruff (rules and format) and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p wugan

docs: install ## build the documentation into site/, strictly
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

clean: ## remove what was built; .venv stays
	rm -rf build dist site *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-result
	find core modalities devices apps tests examples benchmarks -name __pycache__ -prune -exec rm -rf {} +
