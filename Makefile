# make demo: set up and show the main job on the sample.  make test: set up and run every test.
.PHONY: help setup demo test quick lint docs format benchmark clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 12

setup: ## make .venv with the pinned packages
	@scripts/setup.sh

demo: setup ## run the main job on the sample, show what rose, write the report
	.venv/bin/columninch demo

test: setup ## run every test
	.venv/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

quick: setup ## run the unit tests that are quick, with few examples each
	HYPOTHESIS_PROFILE=quick .venv/bin/python -m pytest tests/unit -m "not slow and not browser" -q --numprocesses auto --maxprocesses 4 --dist loadfile

lint: setup ## formatting, ruff, mypy strict, layers
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/python -m mypy
	.venv/bin/lint-imports

format: setup ## format the code
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

docs: setup ## write docs/tables.md and docs/queries.md anew
	.venv/bin/python scripts/write_docs.py

benchmark: setup ## ratios against plain scripts and peers (needs ../shared)
	.venv/bin/python -m pip install --quiet --constraint constraints.txt fastwarc warcio rensa datasketch
	.venv/bin/python -m benchmarks.endtoend ../shared/eval/endtoend
	.venv/bin/python -m benchmarks.clean
	.venv/bin/python -m benchmarks.dedupe

clean: ## remove .venv, caches and the demo's lake
	rm -rf .venv demo-lake .pytest_cache .mypy_cache .ruff_cache .hypothesis
