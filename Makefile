# SPDX-License-Identifier: EUPL-1.2
# Everything starts here; `make help` lists the targets. Only python3 (3.11 or newer) and make must be there.

PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
UV := uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links \
	--python-version 3.11 --custom-compile-command "make lock"

export PORT
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test lint bench audit lock screens clean setup setup-dev frontend messages python

help: ## this list
	@echo "TrainJeCollega: make <target>"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1|\2/' | \
		while IFS='|' read -r name text; do printf '%-12s %s\n' "$$name" "$$text"; done

demo: setup frontend messages ## set everything up and start the demo on http://localhost:8000 (PORT=8001 for another port)
	@exec $(PY) manage.py demo

test: setup-dev frontend messages ## set everything up and run the whole suite; TIERS="lint unit-sqlite" chooses
	@exec $(PY) tests/run_tiers.py $(TIERS)

lint: setup-dev ## only the linters, types and consistency checks
	@exec $(PY) tests/run_tiers.py lint

bench: setup-dev frontend messages ## print the speed and memory figures of docs/ and design.md
	@exec $(PY) -m tests.bench

audit: setup-dev frontend messages ## the slow audits: known vulnerabilities, Lighthouse
	@exec $(PY) -m tests.run_audit

screens: setup-dev frontend messages ## take the screenshots of the README from the running product
	@exec $(PY) -m tests.screens

lock: ## compile the lock files anew from pyproject.toml and package.json (needs uv and npm)
	$(UV) pyproject.toml -o requirements/base.txt
	$(UV) pyproject.toml --extra matching --extra documents -o requirements/full.txt
	$(UV) pyproject.toml --extra matching --extra documents --group dev -o requirements/dev.txt
	@$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["frontend"], sep="\n")' | \
		$(UV) - -o requirements/frontend.txt
	npm install --package-lock-only --ignore-scripts
	@! grep -nE '"resolved"|--index-url|--find-links|^-i ' package-lock.json requirements/*.txt

clean: ## remove what was made here: environment, built front end, demo data, caches
	rm -rf .venv node_modules base/frontend/dist base/frontend/.build var htmlcov .coverage
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find . -name '*.mo' -delete

# Steps of the targets above; each is skipped when nothing changed.
python:
	@command -v $(PYTHON) >/dev/null || \
		{ echo "Python ontbreekt: installeer Python 3.11 of nieuwer (gezocht: $(PYTHON))." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "TrainJeCollega heeft Python 3.11 of nieuwer nodig, en dit is $$($(PYTHON) --version);" \
		"kies een andere met: make demo PYTHON=/pad/naar/python3." >&2; exit 1; }

setup: python
	@$(PYTHON) requirements/install.py full

setup-dev: python
	@$(PYTHON) requirements/install.py dev

frontend: setup
	@$(PYTHON) requirements/install.py frontend
	@export npm_config_loglevel=error npm_config_fetch_retries=1; \
	out=$$($(PY) base/frontend/build.py 2>&1) || { \
		if echo "$$out" | grep -qE 'ECONN|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|ENETUNREACH'; then \
			echo "De voorkant is niet te bouwen: er is geen verbinding met het npm-register." \
				"Kijk je netwerk of proxy na en probeer het opnieuw." >&2; \
		else \
			echo "$$out" >&2; echo "De voorkant bouwen lukt niet (zie hierboven)." >&2; \
		fi; exit 1; }; \
	if [ -n "$$out" ]; then echo "$$out"; fi

messages: setup $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

%.mo: %.po
	@$(PY) manage.py compile_translations
