PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
AS_OF  ?= 2000-03-10
STEP   ?= 1
PEER   ?= 165

.PHONY: demo test test-slow lint bench datasets skill clean

# Each stamp says what is installed; editing setup.cfg or pyproject.toml renews it.
$(VENV)/.created:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	touch $@

$(VENV)/.base: $(VENV)/.created setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.test: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,dev]"
	touch $@

demo: $(VENV)/.base
	$(BIN)/lppl scan --watchlist demo --as-of $(AS_OF)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -m slow

bench: $(VENV)/.test
	for b in benchmarks/nested_fits.py benchmarks/early_warning.py benchmarks/explosive.py benchmarks/store.py benchmarks/scan.py benchmarks/pages.py benchmarks/systems.py; do $(BIN)/python $$b || exit 1; done

datasets: $(VENV)/.test
	$(BIN)/python scripts/make_datasets.py

# Passes are kept in data/history: a second run goes on where the first was stopped. STEP=5 judges weekly, PEER=0
# leaves out lppls, which takes seconds a date.
skill: $(VENV)/.test
	$(BIN)/python scripts/skill.py --data ../shared/prices --jobs 2 --step $(STEP) --peer $(PEER)

clean:
	rm -rf $(VENV) build dist *.egg-info .import_linter_cache .mypy_cache
