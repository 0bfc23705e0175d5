# Two commands do everything on a fresh machine with git, make and Python >= 3.11 with venv:
#   make report   sets up .venv, maps the example study of 2020, leaves the PDFs in reports/2020
#   make test     sets up what the tests need, and runs them all

PYTHON ?= python3
YEAR ?= 2020
PROTOCOL ?= su-2020
FUZZ_SECONDS ?= 600
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: report test coverage lint bench fuzz calibrate certificate lab example requirements clean
.DEFAULT_GOAL := report

report: $(VENV)/.run
	$(BIN)/mapping run $(YEAR)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2

# The same tests, and what share of the lines they run: a quarter slower.
coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered --cov-fail-under=95

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.sizes

# Damaged files of every kind, for ten minutes (FUZZ_SECONDS=60: for one): each must be read right or
# be refused in clear words. What is neither is kept in .fuzz: python -m fuzz .fuzz/NAME repeats it.
fuzz: $(VENV)/.dev
	$(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS)

# How often each verdict comes in simulated studies, true or not, how often a change is found
# between simulated years, planted or not, and how often the true tier is found: 15 to 25 minutes
# on two cores.
calibrate: $(VENV)/.run
	$(BIN)/python -m mapping.simulation $(PROTOCOL)

# What is found in this repository (readme, tests, changelog …), for the certificate of the audit.
certificate: $(VENV)/.run
	$(BIN)/python -m mapping.project

lab: $(VENV)/.run
	$(BIN)/jupyter lab notebooks

example: $(VENV)/.run
	$(BIN)/mapping example

# The packages stay the same until somebody asks for new ones: make requirements (needs uv).
# Made for all platforms and Python versions at once, with hashes and without addresses.
requirements:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command 'make requirements' pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command 'make requirements' requirements/cluster.in -o requirements/cluster.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--custom-compile-command 'make requirements' requirements/dev.in -o requirements/dev.txt

$(VENV)/.run: requirements/run.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mapping needs Python 3.11 or later; name one with: make PYTHON=python3.12")'
	@echo "Setting up $(VENV) (once; a minute or two)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/cluster.txt requirements/dev.txt
	@$(PIP) install --require-hashes -r requirements/cluster.txt -r requirements/dev.txt
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
