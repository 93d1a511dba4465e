# `make run` and `make test` need Python 3.11 or newer, and nothing else.
.POSIX:
.PHONY: help run test test-postgresql test-services faults chaos smoke-rabbitmq check fmt lock clean dev chromium rabbitmq

PY = .venv/bin/python
SECONDS = 60
COMPILE = .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url

help:
	@echo 'make run    start everything on this machine (PORT, SANDBOX_PORT, DATA_DIR)'
	@echo 'make test   run the whole suite'
	@echo 'make test-postgresql   the suite without browsers and journeys, on PostgreSQL'
	@echo 'make test-services      the fault matrix, short: real processes on PostgreSQL and Valkey from wheels'
	@echo 'make faults   the fault matrix, in full (ROW=F19, SEED=7, FORM=postgresql)'
	@echo 'make chaos    calls while processes die at random (SECONDS=60, SEED=7)'
	@echo 'make smoke-rabbitmq   calls through RabbitMQ, which is killed in between'
	@echo 'make contract   every operation of the API, asked thousands of times from its document (SEED=7)'
	@echo 'make check  format, lint, types, import contracts, migrations, deployment checks'
	@echo 'make fmt    format the code'
	@echo 'make lock   renew requirements*.txt from pyproject.toml'
	@echo 'make clean  remove what can be made again; var/ stays'

run:
	@sh .ci/venv requirements.txt
	@exec $(PY) -m console.supervisor

test: dev chromium
	@$(PY) -m pytest -n 2 --dist loadgroup -m 'not services'

test-postgresql: dev
	@TEST_DATABASE=postgresql $(PY) -m pytest -n 2 --ignore tests/house -m 'not browser and not journey and not services'

test-services: dev
	@$(PY) -m pytest -n 2 --dist loadgroup -m services tests/faults

faults: dev
	@$(PY) -W ignore -m tests.faults $${ROW:+--row $$ROW} $${SEED:+--seed $$SEED} $${FORM:+--form $$FORM}

chaos: dev
	@$(PY) -W ignore -m tests.faults.chaos --seconds $(SECONDS) $${SEED:+--seed $$SEED} $${FORM:+--form $$FORM}

smoke-rabbitmq: dev rabbitmq
	@$(PY) -W ignore -m tests.faults.rabbitmq

contract: dev
	@$(PY) -W ignore -m tests.contract $${SEED:+--seed $$SEED}

check:
	@sh .ci/run check

fmt: dev
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix --exit-zero --quiet .
	@.venv/bin/djade --target-version 5.2 $$(git ls-files '*.html')

lock: dev
	@$(PY) -m pip install --quiet uv
	@$(COMPILE) pyproject.toml -o requirements.txt
	@$(COMPILE) pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt

clean:
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

dev:
	@sh .ci/venv requirements-dev.txt

chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo 'Installing Chromium, which the browser tests drive.' >&2; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	else \
	  echo 'The browser tests need Chromium; install it, on Debian: apt-get install -y chromium' >&2; \
	  exit 1; \
	fi

rabbitmq:
	@ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server >/dev/null 2>&1 || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo 'Installing RabbitMQ, which the smoke test starts privately.' >&2; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
	    apt-get install -y -qq --no-install-recommends rabbitmq-server >/dev/null; \
	else \
	  echo 'The smoke test needs RabbitMQ; install it, on Debian: apt-get install -y rabbitmq-server' >&2; \
	  exit 1; \
	fi
