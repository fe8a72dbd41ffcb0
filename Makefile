# Two commands set everything up: `make up` (installs, starts, shows the main job) and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: up down status install check test test-all bench

up:        ## install what is locked, start everything, run the main job
	@$(PYTHON) tools/bootstrap.py

down:      ## stop everything this installation started
	@if [ -x $(BIN)/harbour ]; then $(BIN)/harbour down; else echo "Nothing is installed here: nothing to stop."; fi

status:    ## say what runs
	@$(BIN)/harbour status

install:   ## install only
	@$(PYTHON) tools/bootstrap.py --install-only

check: $(BIN)/ruff
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files -z '*.ipynb' | xargs -0 -r $(BIN)/nbstripout --keep-id --verify
	git ls-files -z | xargs -0 $(BIN)/detect-secrets-hook --baseline .secrets.baseline

test: $(BIN)/ruff
	$(BIN)/python -m pytest -n 2 -m "not slow" $(TESTS)

test-all: $(BIN)/ruff
	$(BIN)/python -m pytest -n 2 $(TESTS)

bench: $(BIN)/ruff
	$(BIN)/python -m bench

$(BIN)/ruff:
	@$(PYTHON) tools/bootstrap.py --install-only
