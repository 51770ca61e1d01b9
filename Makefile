# make run [ARGS="--prometheus-url http://…"]   the dashboard, on the demo mesh unless told otherwise
# make test [ARGS="-k words"]                   everything that must hold before a change is taken
# make bench [ARGS="--only 1,10 --no-browser"]  how fast it is, against a bare client on the same Prometheus
.PHONY: run test bench study lint format lock screenshots settings-table clean
.DEFAULT_GOAL := run

VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/.run-ready
TEST_READY := $(VENV)/.test-ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --use-pep517

run: $(RUN_READY)
	@exec $(BIN)/python app.py $(ARGS)

test: $(TEST_READY)
	@scripts/install-peers
	@$(MAKE) --no-print-directory lint
	$(BIN)/python scripts/audit_packages.py
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --junitxml=test-output/junit.xml -r s $(ARGS)

bench: $(TEST_READY)
	@scripts/install-peers
	@$(BIN)/python -m bench $(if $(KIALI_URL),--kiali-url $(KIALI_URL)) $(ARGS)

# How often the canary judgement is wrong and how soon it decides, by simulation; writes docs/canary-study.md.
study: $(TEST_READY)
	@$(BIN)/python -m study $(ARGS)

lint: $(TEST_READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_licences.py

format: $(TEST_READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# Locks what pyproject.toml asks for, for every platform; versions that still fit are kept. LOCK="--upgrade" takes
# the newest ones.
lock: $(TEST_READY)
	$(BIN)/uv pip compile $(LOCKING) pyproject.toml --output-file requirements.txt
	$(BIN)/uv pip compile $(LOCKING) pyproject.toml --extra dev --constraints requirements.txt \
		--output-file requirements-dev.txt

LOCKING = --quiet --universal --python-version 3.11 --no-header --no-emit-index-url --no-emit-find-links $(LOCK)

# Draws the documents' pictures anew. ARGS="word" takes those whose names contain it.
screenshots: $(TEST_READY)
	$(BIN)/python scripts/screenshots.py $(ARGS)

settings-table: $(RUN_READY)
	$(BIN)/python scripts/write_settings_table.py

clean:
	rm -rf $(VENV) test-output

$(BIN)/python:
	@scripts/check-prerequisites
	@echo "Making the environment in $(VENV)"
	@"$$(scripts/choose-python)" -m venv $(VENV)

# Installed anew only when what is asked for has changed.
$(RUN_READY): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the dashboard needs (a minute or two, once)"
	@$(PIP) --requirement requirements.txt
	@$(PIP) --no-deps --editable .
	@touch $@

$(TEST_READY): requirements-dev.txt $(RUN_READY)
	@echo "Installing what the tests need (once)"
	@$(PIP) --requirement requirements-dev.txt
	@touch $@
