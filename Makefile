# Everything here runs in .venv, which the first target makes by itself. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# What the environment is made with: 3.11, 3.12 or 3.13.
PYTHON ?= python3
# Processes that run tests side by side; end-to-end tests wait more than they compute. Tests that share a server stay together (loadgroup).
WORKERS ?= 4
# What `make test` runs, the long ones first, and further options for pytest: make test TESTS=tests/e2e PYTEST_ARGS='-k deletion -x'
TESTS ?= tests/e2e tests/contract tests/property tests/unit
PYTEST_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
CRD := crds/workspacegatewaynetworks.yaml
WHEEL := .build/wheel
JOURNALS := .build/journals

export PYTHONPATH := tests

# Stamps are named by the content that they stand for, so that neither clocks nor a changed branch deceive them.
digest = $(shell find $(1) -type f -not -name '*.pyc' -print0 2>/dev/null | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
VENV_STAMP := $(VENV)/.installed-$(call digest,requirements)
WHEEL_STAMP := $(WHEEL)/.built-$(call digest,operator pyproject.toml requirements/run.txt README.md LICENSE)
AZ_STAMP := .build/az/.installed-$(call digest,requirements/az.txt)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##—— See it work

.PHONY: demo
demo: first-run $(VENV_STAMP) $(WHEEL_STAMP) ## Watch it live, in both modes: applied, enforced, broken by hand, healed, deleted
	@$(BIN)/python -m demo

.PHONY: demo-shell
demo-shell: first-run $(VENV_STAMP) $(WHEEL_STAMP) ## The same set-up left running, for your own kubectl
	@$(BIN)/python -m demo --shell

.PHONY: first-run
first-run: # Says beforehand what has to be made once. How long the control plane takes here, the demo says when it comes to that.
	@test -d $(VENV) || echo "First run. To be made: .venv (a minute), the operator's wheel (half a minute) and, unless they are cached," \
		"the Kubernetes programs (about six minutes on two cores)."

.PHONY: controlplane
controlplane: $(VENV_STAMP) ## Start a real Kubernetes API server with our CRD, until Ctrl-C
	@$(BIN)/python -m controlplane start --crds crds

##—— Test

.PHONY: test
test: $(VENV_STAMP) $(WHEEL_STAMP) controlplane-binaries openapi-validator ## Run the unit, property, contract and end-to-end tests
	@rm -rf $(JOURNALS)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST_ARGS) $(TESTS)
	$(if $(filter %e2e,$(TESTS)),@$(MAKE) covered openapi)

.PHONY: covered
covered: $(VENV_STAMP) ## See that every kind of request that those tests made of Azure has its faults tested
	$(BIN)/python -m contract.azure.matrix $(JOURNALS)

.PHONY: openapi
openapi: $(VENV_STAMP) ## Judge what those tests asked of Azure, and were answered, by Microsoft's OpenAPI documents
	$(BIN)/python -m oracles.openapi $(JOURNALS)

.PHONY: replay
replay: $(VENV_STAMP) ## Hold the emulator to recordings of real Azure (RECORDINGS=file: to others)
	@$(BIN)/python -m contract.emulator.replay $(RECORDINGS)

.PHONY: unit
unit: $(VENV_STAMP) ## Run the tests that need no server
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/unit tests/property

.PHONY: cross-check
cross-check: $(VENV_STAMP) ## Judge 20,000 network security groups twice, by the operator's code and by a solver: about ten minutes
	SCENES=20000 $(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS) tests/property/test_effective_access.py

.PHONY: races
races: $(VENV_STAMP) ## Let somebody else write to the same group all the time, 100 times for each way in which Azure treats If-Match
	RACES=100 $(BIN)/python -m pytest -n $(WORKERS) $(PYTEST_ARGS) tests/contract/azure/test_racing_writers.py

.PHONY: benchmark
benchmark: $(VENV_STAMP) ## Measure the ARM emulator (start, memory, requests a second), a fleet of 300 resources, and the judging of 1,000 security rules
	@$(BIN)/python -m benchmarks.emulator
	@$(BIN)/python -m benchmarks.fleet
	@$(BIN)/python -m benchmarks

.PHONY: coverage
coverage: $(VENV_STAMP) ## Show which branches of the core the unit and property tests leave out
	HYPOTHESIS_PROFILE=few $(BIN)/coverage run -m pytest $(PYTEST_ARGS) tests/unit tests/property --ignore tests/property/test_looks.py --ignore-glob 'tests/property/test_effective_access*'
	$(BIN)/coverage report

.PHONY: controlplane-binaries
controlplane-binaries: $(VENV_STAMP) # Built once, and found again by their content
	@$(BIN)/python -m controlplane build

.PHONY: test-az
test-az: $(VENV_STAMP) $(AZ_STAMP) ## Have the real `az` read and change the emulated Azure; not part of `make ci`
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/az

.PHONY: openapi-validator
openapi-validator: $(VENV_STAMP) # Installed once, and found again by its content
	@$(BIN)/python -m oracles.openapi --install

##—— Check

.PHONY: lint
lint: $(VENV_STAMP) ## Style, formatting, unused dependencies, Dockerfile, locks
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/deptry operator
	$(BIN)/hadolint Dockerfile
	$(BIN)/python requirements/lock.py --check

.PHONY: types
types: $(VENV_STAMP) ## mypy --strict
	$(BIN)/mypy

.PHONY: layers
layers: $(VENV_STAMP) ## Who may import whom
	$(BIN)/lint-imports --no-cache

.PHONY: crd-check
crd-check: $(VENV_STAMP) ## Fail when crds/ isn't what the code says
	$(BIN)/wgn crd | diff -u $(CRD) - || { echo "$(CRD) has drifted: run 'make crd'"; exit 1; }

.PHONY: ci
ci: ## All of the above, as CI runs it
	@bash .ci/run

##—— Make

.PHONY: venv
venv: $(VENV_STAMP) ## Make .venv from the locks
	@:

.PHONY: crd
crd: $(VENV_STAMP) ## Write crds/ from the code
	$(BIN)/wgn crd > .build/crd.yaml
	mv .build/crd.yaml $(CRD)

.PHONY: docs
docs: $(VENV_STAMP) ## Write the reference in docs/ from the code
	@$(BIN)/python -m documents

.PHONY: wheel
wheel: $(WHEEL_STAMP) ## Build the wheel and install it in .build/wheel, from the lock that ships
	@:

.PHONY: lock
lock: $(VENV_STAMP) ## Make the locks from pyproject.toml (UPGRADE=1: newest versions)
	$(BIN)/python requirements/lock.py $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## Remove what was made here
	rm -rf $(VENV) .build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find operator tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV_STAMP):
	@mkdir -p .build
	@echo "Making $(VENV) from requirements/dev.txt: seconds when the packages are cached, about a minute otherwise"
	@PYTHON=$(PYTHON) requirements/venv.sh $(VENV)
	@rm -f $(VENV)/.installed-*
	@touch $@

$(WHEEL_STAMP): $(VENV_STAMP)
	@mkdir -p .build && rm -rf $(WHEEL) .build/dist
	@$(BIN)/hatchling build --target wheel --directory .build/dist >.build/hatchling.log 2>&1 || { cat .build/hatchling.log; exit 1; }
	@$(BIN)/uv venv --quiet --python $(BIN)/python $(WHEEL)
	@$(BIN)/uv pip install --quiet --python $(WHEEL)/bin/python --require-hashes --no-build --compile-bytecode --requirement requirements/run.txt
	@$(BIN)/uv pip install --quiet --python $(WHEEL)/bin/python --no-deps --compile-bytecode .build/dist/*.whl
	@touch $@

$(AZ_STAMP): $(VENV_STAMP)
	@echo "Making .build/az from requirements/az.txt: under two minutes"
	@rm -rf .build/az && $(BIN)/uv venv --quiet --python $(BIN)/python .build/az
	@$(BIN)/uv pip sync --quiet --python .build/az/bin/python --require-hashes --no-build --compile-bytecode requirements/az.txt
	@touch $@
