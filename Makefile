# make paper [PRESET=quick|smoke|paper] [ENGINE=local|serial|ADDRESS|slurm]   set-up and a whole study into runs/PRESET
# make quick                                                                  set-up and the unit and property tests that are quick
# make test [JOBS=2]                                                          set-up and all tests, on so many cores
# make check                                                                  lint, types and import contracts
# make docs                                                                   the documentation, into site/
PYTHON ?= python3
PRESET ?= paper
ENGINE ?= local
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

PYTEST := OMP_NUM_THREADS=1 $(BIN)/pytest
PARALLEL := -n $(JOBS) --dist worksteal

.PHONY: paper quick test check docs setup clean

paper: setup
	$(BIN)/dynashape run $(PRESET) --out runs/$(PRESET) --engine $(ENGINE)

quick: setup
	$(PYTEST) $(PARALLEL) -m "not slow" tests/unit tests/properties

# Each test once. Checked shapes make the tests half as long again, so the first pass alone has them.
test: setup
	DYNASHAPE_CHECK_SHAPES=1 $(PYTEST) $(PARALLEL) tests/unit tests/properties
	$(PYTEST) $(PARALLEL) -m "not alone" --doctest-modules src tests/architecture tests/oracles tests/integration
	$(PYTEST) -m alone tests/integration

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"dynashape needs Python 3.11 to 3.13; {sys.executable} is {v[0]}.{v[1]}. Name another: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[study,slurm,test]'
	touch $(STAMP)

# Apart, since a study and the tests need none of its 120 MB (most of them thousands of icons).
$(VENV)/.installed-docs: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[docs]'
	touch $@

clean:
	rm -rf $(VENV) site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
