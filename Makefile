# `make run` and `make test` need only Python, make and the package registries; see docs/development.md.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
# Without compiled files every start of the bot takes a minute more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run chat train test check format bench soak mi-report lock clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 18

run:  ## install, train if needed, and start everything
	@scripts/setup run
	@exec $(PYTHON) -m bot run

chat:  ## talk with the bot in this terminal
	@scripts/setup run
	@$(PYTHON) -m bot train --if-changed
	@$(PYTHON) -m bot chat

train:  ## train the model
	@scripts/setup run
	@$(PYTHON) -m bot train

test:  ## install what tests need too, then run every test
	@scripts/setup test
	@$(PYTHON) -m bot train --if-changed
	@scripts/test

check:  ## format, lint, types, layers, content
	@scripts/setup test
	@.venv/bin/ruff format --check bot actions tests
	@.venv/bin/ruff check bot actions tests
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@$(PYTHON) -m bot content check

format:  ## put the code in the project's format
	@.venv/bin/ruff format bot actions tests
	@.venv/bin/ruff check --fix bot actions tests

bench:  ## this bot beside stock Rasa: training, start, memory, times, accuracy; two hours
	@scripts/setup test
	@$(PYTHON) tests/scale/bench.py
	@$(PYTHON) tests/scale/plot.py

soak:  ## a thousand people at once, each fault, anything at all as input; an hour and a half
	@scripts/setup test
	@$(PYTHON) -m bot train --if-changed
	@$(PYTHON) tests/scale/load.py --processes 1
	@$(PYTHON) tests/scale/load.py --processes 2
	@$(PYTHON) tests/scale/faults.py
	@$(PYTHON) tests/scale/fuzz.py

mi-report:  ## simulated people talk with the bot: reflections, questions, and their transcripts in results/mi
	@scripts/setup test
	@$(PYTHON) -m bot train --if-changed
	@$(PYTHON) tests/scale/mi_report.py

lock:  ## work out the locked versions again after a change in requirements/*.in
	@scripts/setup tools
	@.tools/bin/uv pip compile -q requirements/test.in --python-version 3.11 --override requirements/overrides.txt --generate-hashes --no-header -o requirements/test.lock
	@.tools/bin/uv pip compile -q requirements/run.in --python-version 3.11 --override requirements/overrides.txt -c requirements/test.lock --generate-hashes --no-header -o requirements/run.lock

clean:  ## remove everything that was made: environment, models, caches
	rm -rf results .venv .tools models var .rasa .pytest_cache .mypy_cache .ruff_cache .hypothesis
