PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
AS_OF  ?= 2000-03-10
STEP   ?= 1
LOOKS  ?= 5
PEER   ?= 165

.PHONY: setup demo test test-ci test-slow coverage lint site drawing bench speed docs-tables datasets panel skill clean

# Each stamp says what is installed; editing setup.cfg or pyproject.toml renews it.
$(VENV)/.created:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	touch $@

$(VENV)/.base: $(VENV)/.created setup.cfg pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	$(BIN)/python -m compileall -q lppl earlywarning scanners
	$(BIN)/lppl compile
	touch $@

$(VENV)/.test: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[test,dev]"
	touch $@

$(VENV)/.docs: $(VENV)/.base
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[docs]"
	touch $@

# Kernels are compiled where installed; instant when they are.
setup: $(VENV)/.test
	$(BIN)/lppl compile

demo: $(VENV)/.base
	$(BIN)/lppl scan --watchlist demo --as-of $(AS_OF)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

# What CI adds to the default suite: dear tests whose subject cheaper ones guard every day.
test-ci: $(VENV)/.test
	$(BIN)/python -m pytest -m "ci and not slow" -n 2 --dist loadfile

# The default suite and what CI adds, with branch coverage; fails below the floor in setup.cfg.
coverage: lint
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --cov --cov-report=term

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -m slow

# The documentation as a site in build/site; a broken link or a page that is missing stops it.
site: $(VENV)/.docs
	$(BIN)/python scripts/site_pages.py
	$(BIN)/zensical build --clean --strict
	$(BIN)/python scripts/site_pages.py --check

# Pictures of the Mermaid drawings for the site; needs npm and Chromium, and only after a drawing has changed.
drawing:
	npm install --silent --no-save --prefix build mermaid@12
	$(PYTHON) scripts/drawings.py build/node_modules/mermaid/dist/mermaid.min.js

bench: $(VENV)/.test
	for b in benchmarks/nested_fits.py benchmarks/early_warning.py benchmarks/explosive.py benchmarks/store.py benchmarks/fetch.py benchmarks/scan.py benchmarks/pages.py benchmarks/systems.py benchmarks/files.py; do $(BIN)/python $$b || exit 1; done

# Whether something costly has become slower than benchmarks/speed.json says; some ten seconds.
speed: $(VENV)/.test
	$(BIN)/python benchmarks/speed.py

# Every table that scripts/docs_tables.py names, with date, commit and machine; some half an hour on one core.
# What pages quote and it does not remake stands in OTHERS there, with the reason.
docs-tables: $(VENV)/.test
	$(BIN)/python scripts/docs_tables.py

datasets: $(VENV)/.test
	$(BIN)/python scripts/make_datasets.py

# Evidence for every series beside the project, kept in data/panel: a second run computes what is missing.
panel: $(VENV)/.test
	$(BIN)/python scripts/panel.py --jobs 2 --step $(LOOKS)

# What is kept in data/panel and data/history is scored; passes over the past that are missing there are made
# first. STEP=5 judges weekly, PEER=0 leaves out lppls, which takes seconds a date.
skill: $(VENV)/.test
	$(BIN)/python scripts/risk_evidence.py
	$(BIN)/python scripts/risk_rules.py
	$(BIN)/python scripts/risk_uses.py
	$(BIN)/python scripts/risk_reach.py
	$(BIN)/python scripts/null_tops.py
	$(BIN)/python scripts/skill_page.py
	$(BIN)/python scripts/skill_pictures.py
	$(BIN)/python scripts/skill.py --data ../shared/prices --jobs 2 --step $(STEP) --peer $(PEER)

clean:
	rm -rf $(VENV) build dist *.egg-info .import_linter_cache .mypy_cache
