#!/usr/bin/env bash
# `make test`: everything CI runs, each step timed. All steps run, whatever failed before, so that
# one run shows everything; the last line is the count of tests.
set -euo pipefail
here="$(dirname "${BASH_SOURCE[0]}")"

names=()
seconds=()
results=()
step() {
    local name="$1" start code
    shift
    printf '\n== %s\n' "$name"
    start=$SECONDS
    # Not `"$@" || code=$?`: that would switch `set -e` off inside the step.
    set +e
    (
        set -e
        "$@" </dev/null
    )
    code=$?
    set -e
    names+=("$name")
    seconds+=("$((SECONDS - start))")
    results+=("$code")
}

if [[ "${CI:-}" == true ]]; then
    step "set-up" "$here/setup.sh" ci
else
    step "set-up" "$here/setup.sh"
fi
# After the set-up: it may have brought the linker that env.sh looks for.
# shellcheck source=scripts/env.sh
source "$here/env.sh"
cd "$cahoots_root"

log="$(mktemp)"
trap 'rm -f "$log"' EXIT

# A cache that has collected many versions, the engine among them, is cheaper to refill than to keep.
if [[ "$CARGO_TARGET_DIR" == "$cahoots_cache/"* && -d "$CARGO_TARGET_DIR" ]] \
    && [[ "$(du -sk "$CARGO_TARGET_DIR" | cut -f1)" -gt 20000000 ]]; then
    say "the build cache is over 20 GB: emptied"
    rm -rf "$CARGO_TARGET_DIR"
fi

build() {
    # Everything at once, programs and tests: built apart, they would not agree on the features of
    # what they depend on, and Tantivy would be compiled twice.
    cargo build --workspace --all-targets --locked
}

run_tests() {
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run --workspace --locked 2>&1 | tee -a "$log"
    else
        cargo test --workspace --all-targets --locked --no-fail-fast 2>&1 | tee -a "$log"
    fi
}

doc_tests() {
    cargo test --workspace --doc --locked --no-fail-fast 2>&1 | tee -a "$log"
}

doc_build() {
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --document-private-items
}

deny() {
    if command -v cargo-deny >/dev/null 2>&1; then
        cargo deny --locked check --hide-inclusion-graph bans licenses sources
    else
        say "skipped: cargo-deny is not installed (scripts/setup.sh ci installs it)"
        [[ "${CI:-}" != true ]]
    fi
}

web() {
    if [[ "${CI:-}" == true ]]; then scripts/web.sh must; fi
    scripts/web.sh check
}

browser() {
    node web/tests/browser/run.mjs "$CARGO_TARGET_DIR/debug/cahoots" 2>&1 | tee -a "$log"
}

api() {
    if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
        say "skipped: schemathesis needs Python 3 with venv (scripts/setup.sh ci installs it)"
        [[ "${CI:-}" != true ]]
        return
    fi
    scripts/api.sh "$CARGO_TARGET_DIR/debug/cahoots"
}

newcomer() {
    # What the documents show is run, and compared with what they say it prints.
    "$CARGO_TARGET_DIR/debug/xtask" examples "$CARGO_TARGET_DIR/debug/cahoots"
}

engine() {
    # A workspace of its own; the programs of both end up side by side, and its tests run both.
    # Clippy takes the compiler's place for the crate itself: run apart, it would check every
    # dependency again.
    export RUSTC_WORKSPACE_WRAPPER=clippy-driver
    export CLIPPY_ARGS="-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__"
    local here=(--manifest-path engine/Cargo.toml --locked)
    cargo fmt --manifest-path engine/Cargo.toml --check
    cargo build "${here[@]}" --all-targets
    if command -v cargo-deny >/dev/null 2>&1; then
        cargo deny "${here[@]}" --config engine/deny.toml \
            check --hide-inclusion-graph bans licenses sources
    fi
    if cargo nextest --version >/dev/null 2>&1; then
        cargo nextest run "${here[@]}" --config-file .config/nextest.toml 2>&1 | tee -a "$log"
    else
        cargo test "${here[@]}" --no-fail-fast 2>&1 | tee -a "$log"
    fi
}

scripts_check() {
    local file
    for file in scripts/*.sh .ci/run; do
        bash -n "$file"
    done
    if command -v shellcheck >/dev/null 2>&1; then
        shellcheck -x scripts/*.sh .ci/run
    fi
    if command -v python3 >/dev/null 2>&1; then
        PYTHONDONTWRITEBYTECODE=1 python3 -m unittest discover -s bench -p 'test_*.py' 2>&1
    else
        say "skipped: the benchmarks' own tests need Python 3"
    fi
}

step "format" cargo fmt --all --check
step "scripts" scripts_check
step "lint" cargo clippy --workspace --all-targets --locked -- -D warnings
step "docs" doc_build
step "licences" deny
step "pages" web
step "build" build
step "tests" run_tests
step "doc tests" doc_tests
step "interface" api
step "engine" engine
# After the engine: the documents show it.
step "newcomer" newcomer
if command -v chromium >/dev/null 2>&1; then
    step "browser" browser
fi
if [[ -x scripts/fuzz.sh ]]; then
    step "fuzz" scripts/fuzz.sh "${FUZZ_SECONDS:-10}"
fi

printf '\n== timings\n'
failed_steps=0
for i in "${!names[@]}"; do
    outcome=ok
    if [[ "${results[$i]}" != 0 ]]; then
        outcome=FAILED
        failed_steps=$((failed_steps + 1))
    fi
    printf '%-12s %5d s  %s\n' "${names[$i]}" "${seconds[$i]}" "$outcome"
done
printf '%-12s %5d s\n\n' "all" "$SECONDS"

# nextest ends with "Summary [..] 9 tests run: 8 passed (1 slow), 1 failed, 2 skipped"; cargo's own
# runner with "test result: ok. 3 passed; 0 failed; 1 ignored; ...". Both are added up.
count() {
    sed 's/\x1b\[[0-9;]*m//g' "$log" \
        | grep -E '^ *Summary \[|^test result:' \
        | grep -oE "[0-9]+ $1" \
        | awk '{ n += $1 } END { print n + 0 }' || true
}
passed="$(count passed)"
failed="$(($(count failed) + $(count 'timed out')))"
skipped="$(($(count skipped) + $(count ignored)))"
if [[ "$failed_steps" != 0 ]]; then
    printf '%d steps failed\n' "$failed_steps"
fi
printf '%d passed, %d failed, %d skipped\n' "${passed:-0}" "$failed" "$skipped"
[[ "$failed_steps" == 0 ]]
