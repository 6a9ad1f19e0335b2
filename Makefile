# Every verb of the repository. `make help` lists them; the work is done by scripts/.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test install engine bench fuzz audit clean

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/  make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: ## Build in release, open the example case, print its overview
	@scripts/demo.sh

test: ## Run everything CI runs
	@scripts/test.sh

install: ## Install the `cahoots` program for this user
	@scripts/setup.sh
	@scripts/web.sh
	@source scripts/env.sh && cargo install --locked --path crates/cahoots

engine: ## Install `cahoots-engine` too: SQL, and coordination on a cluster
	@scripts/setup.sh
	@source scripts/env.sh && cargo install --locked --path engine

bench: ## Measure against notmuch and mu: make bench DATA=path/to/file.mbox[.zst]
	@test -n "$(DATA)" || { echo 'usage: make bench DATA=path/to/file.mbox[.zst]' >&2; exit 2; }
	@bench/import "$(DATA)"
	@bench/search "$(DATA)"
	@bench/analyses "$(DATA)"

fuzz: ## Fuzz every parser for ten minutes each: FUZZ_SECONDS=600 make fuzz
	@scripts/fuzz.sh "$${FUZZ_SECONDS:-600}"

audit: ## Look the dependencies up in the advisory database (needs the network)
	@scripts/setup.sh ci
	@source scripts/env.sh && cargo deny check advisories

clean: ## Remove what builds and demos left in the clone
	@rm -rf target engine/target fuzz/target demo.cahoots.case
