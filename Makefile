# One front door: `make` shows what there is. Needs make and Python 3.11 or newer, nothing else.

VENV ?= .venv
BIN := $(VENV)/bin
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
find_python = $(shell for p in $(CANDIDATES); do $$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.DEFAULT_GOAL := help
.PHONY: help venv demo test quick lint types check docs coverage clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(VENV)/.installed-dev  ## Make the Python environment in .venv, with the tools for development

demo: $(VENV)/.installed  ## Score the sample documents into a new folder below runs/
	@$(BIN)/ndc-urban demo --out "runs/demo-$$(date +%Y%m%d-%H%M%S)"

test: $(VENV)/.installed-dev  ## Run all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal

quick: $(VENV)/.installed-dev  ## Run the tests that are not slow
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not slow"

lint: $(VENV)/.installed-dev  ## Check style, format and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(VENV)/.installed-dev  ## Check the types
	$(BIN)/mypy

check: lint types test  ## All of lint, types and test

docs: $(VENV)/.installed-dev  ## Build the documentation as a site, in site/
	$(BIN)/mkdocs build --strict --quiet
	@echo "The start page is site/index.html"

coverage: $(VENV)/.installed-dev  ## Run the tests that are not slow, and measure which lines they run
	$(BIN)/python -m pytest -n 2 -m "not slow" --cov=ndc_urban --cov-report=term:skip-covered --cov-report=xml

clean:  ## Remove the environment, caches and builds; run folders stay
	rm -rf $(VENV) build dist site coverage.xml .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@python="$(or $(PYTHON),$(find_python))"; \
	if [ -z "$$python" ]; then \
	  echo "ndc-urban needs Python 3.11 or newer, and none was found (looked for: $(CANDIDATES))." >&2; \
	  echo "Install one from python.org or your system, or name it: make PYTHON=/path/to/python" >&2; \
	  exit 1; \
	elif ! "$$python" -c '$(NEW_ENOUGH)'; then \
	  echo "ndc-urban needs Python 3.11 or newer; $$python is $$("$$python" -V 2>&1)." >&2; \
	  exit 1; \
	fi; \
	echo "Making the environment in $(VENV) with $$python"; \
	"$$python" -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing ndc-urban and what it needs (a few minutes the first time)"
	@$(PIP) -e .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing ndc-urban with the tools for development (a few minutes the first time)"
	@$(PIP) -e '.[dev]'
	@touch $(VENV)/.installed $@
