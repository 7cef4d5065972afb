# Every target installs what it needs: Python packages pinned with hashes into .venv, Node and the CDK CLI beside them.
PYTHON ?= python3
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
# Bytecode is kept, so that no process compiles the CDK's modules anew.
unexport PYTHONDONTWRITEBYTECODE
READY := .venv/.ready
# Files in their own order: those that take long are not the last ones. Tests that deploy wait most of their time, so three
# processes are right for two cores.
PYTEST := pytest -n 3 --dist loadfile --no-loadscope-reorder
LOCAL_AWS = $(if $(PORT),--port $(PORT)) $(if $(SPEED),--speed $(SPEED)) \
	$(if $(IMPORT_SECONDS),--import-seconds $(IMPORT_SECONDS))
COMPILE = uv pip compile --quiet $(LOCK_ARGS) --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header
# The libraries of Lambda's images, each set in an environment of its own.
LAMBDA := lambda-oldest lambda-newest

.PHONY: deploy-local example local-aws synth test test-python314 lint format contract bench soak wheel dist wheel-check \
	docs pictures site lock clean

deploy-local: $(READY)  ## Deploy app.py, or APP=<path>, into the embedded AWS; further CDK CLI arguments: CDK_ARGS="..."
	python -m local_aws.deploy $(if $(APP),--app "python $(APP)") $(CDK_ARGS)

example: $(READY)  ## Deploy examples/<NAME>.py into the embedded AWS and show what came of it: NAME=<NAME>, DAYS=<days that go by>
	python -m local_aws.deploy $(if $(DAYS),--days $(DAYS)) --app "python examples/$(NAME).py" $(CDK_ARGS)

local-aws: $(READY)  ## Keep the embedded AWS running in the foreground; SPEED, PORT, IMPORT_SECONDS
	python -m local_aws run $(LOCAL_AWS)

.PHONY: local-aws-start local-aws-env local-aws-stop
local-aws-start: $(READY)  ## The same in the background
	@python -m local_aws start $(LOCAL_AWS)

local-aws-env: $(READY)  ## Print its environment: eval "$$(make -s local-aws-env)"
	@python -m local_aws env

local-aws-stop: $(READY)  ## End it
	@python -m local_aws stop

synth: $(READY)  ## Synthesise the example app, without credentials
	cdk synth --quiet $(CDK_ARGS)

test: $(READY) .venv/.docs  ## Run all tests
	$(PYTEST) $(PYTEST_ARGS)

test-python314: $(READY)  ## Run the function's tests with Lambda's Python, which is built where it is missing and can be
	python -m tests.python314 -q -n 2 --dist loadfile

lint: $(READY)  ## Check style, types, which room imports which, and the workflows
	ruff check . && ruff format --check . && mypy && PYTHONPATH=constructs:lambda lint-imports --no-cache --no-logo
	zizmor --offline --no-progress --quiet .github

format: $(READY)
	ruff check --fix . && ruff format .

bench: $(READY) .venv/.bench  ## Measure beside the alternatives; writes docs/pages/how-it-works/figures.md
	python -m benchmarks

soak: $(READY)  ## Run 20,000 life-cycle histories with injected faults, and the property-based tests afresh
	python -m tests.soak
	pytest -m hypothesis --hypothesis-profile=afresh

contract: $(READY)  ## Hold what AWS documents against ENDPOINT=..., or against your account with REAL_ACCOUNT=1
	CONTRACT_ENDPOINT="$(ENDPOINT)" REAL_ACCOUNT="$(REAL_ACCOUNT)" pytest tests/contract -v $(PYTEST_ARGS)

wheel: $(READY)  ## Build the wheel into dist/
	uv build --quiet --wheel --no-build-isolation

dist: $(READY)  ## Build wheel and source archive into dist/ and check what an index would see of them
	rm -rf dist
	uv build --quiet --no-build-isolation
	twine check --strict dist/*

wheel-check: $(READY)  ## Use the wheel where the source is not, in this Python or WHEEL_PYTHON=<path>
	python -m tests.wheel_check $(WHEEL_PYTHON)

docs: $(READY)  ## Generate the pages that are made from code and template
	PYTHONPATH=. python docs/generate.py

pictures: $(READY)  ## Record anew what commands print, for README and the documentation
	python docs/recordings.py
	PYTHONPATH=. python docs/dashboard_picture.py

site: .venv/.docs  ## Build the documentation site into build/site; a broken link is an error
	cp node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js docs/pages/assets/
	zensical build --clean --strict

lock: $(READY)  ## Pin anew what pyproject.toml asks for: the newest versions with LOCK_ARGS=--upgrade
	$(COMPILE) --group dev pyproject.toml -o locks/dev.txt
	$(COMPILE) --group docs -c locks/dev.txt -o locks/docs.txt
	$(COMPILE) --group bench -o locks/bench.txt
	$(COMPILE) --group ministack -o locks/ministack.txt
	for name in $(LAMBDA); do $(COMPILE) --group $$name -o locks/$$name.txt || exit; done

$(READY): locks/install.py locks/uv.txt locks/dev.txt $(LAMBDA:%=locks/%.txt) package-lock.json pyproject.toml
	$(PYTHON) locks/install.py dev $(LAMBDA)
	npm ci --silent
	touch $@

.venv/.bench: $(READY) locks/bench.txt
	$(PYTHON) locks/install.py bench
	touch $@

.venv/.docs: $(READY) locks/docs.txt
	$(PYTHON) locks/install.py docs
	touch $@

clean:
	rm -rf .venv node_modules cdk.out build dist
