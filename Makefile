# One command per purpose. Each makes its own environment in .venv first.
PY := .venv/bin/python
DATA ?= ../shared/data

.PHONY: demo test check docs client audit bench clean

demo: .venv/ready  ## a store of 10,000 people, three lookups with reasons, a page on 127.0.0.1:8000
	.venv/bin/have-we-met demo $(if $(ONCE),--once)

test: .venv/ready  ## everything, nothing preinstalled
	scripts/services
	$(PY) -m pytest -n 2 --dist loadfile

check: .venv/ready  ## lint, types, floors
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

docs: .venv/ready  ## the generated parts of the pages, from the code
	$(PY) docs/generate.py

client: .venv/ready  ## the React client and the registration page, from their sources (needs npm)
	$(PY) clients/openapi.py
	cd clients/react && npm ci && npm run types && npm run check && npm run build && npm run page

audit: .venv/ready  ## known vulnerabilities of what is installed (asks PyPI and npm)
	scripts/audit

bench: .venv/ready  ## speed and quality, with their floors in the same run
	$(PY) -m benchmarks --data $(DATA)

clean:  ## the environment and what was built
	rm -rf .venv .audit build dist clients/react/node_modules clients/react/dist

.venv/ready: pyproject.toml scripts/environment
	scripts/environment
	touch $@
