# Every target sets up what it needs; nothing but Python, git and make has to be there.
PYTHON ?= python3
SCAN := .venv-scan
DEV := .venv-dev
DOCS := .venv-docs

.PHONY: scan test lint suite bench docs docs-site clean

scan: $(SCAN)/.done  ## install, and run the main job on a real repository: this one
	$(SCAN)/bin/integrity scan .

test: lint suite  ## everything that must hold before a change lands
	$(DEV)/bin/integrity rules --verify
	$(DEV)/bin/integrity scan .

lint: $(DEV)/.done  ## style, types, and the direction of imports
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy
	$(DEV)/bin/lint-imports

suite: $(DEV)/.done  ## the tests, against the built wheel, on every supported Python there is
	.ci/suite $(DEV)/bin/python

bench: $(DEV)/.done  ## speed and memory beside named peers; TREE=path names the repository to scan
	$(DEV)/bin/python -m benchmarks $(TREE)

docs: $(DEV)/.done  ## regenerate the generated parts of the README
	$(DEV)/bin/python -m tests.support.readme

docs-site: $(DOCS)/.done  ## build the documentation into build/site; warnings are errors
	$(DOCS)/bin/python -m sphinx --fail-on-warning --keep-going --quiet docs build/site
	@echo "build/site/index.html"

clean:  ## remove what the other targets made
	rm -rf .venv-* build dist *.egg-info .integrity_cache

$(SCAN)/.done: pyproject.toml
	$(PYTHON) -m venv $(SCAN)
	$(SCAN)/bin/python -m pip install --quiet --quiet --disable-pip-version-check .
	touch $@

$(DEV)/.done: pyproject.toml
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --editable ".[test,dev]"
	touch $@

$(DOCS)/.done: pyproject.toml
	$(PYTHON) -m venv $(DOCS)
	$(DOCS)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --editable ".[docs]"
	touch $@
