#!/usr/bin/env bash
# Fuzzes the parsers: every target for SECONDS, or only those named.
#
#   scripts/fuzz.sh SECONDS [TARGET...]
#
# A target is a file in fuzz/fuzz_targets/. What a run starts from is in fuzz/seeds/TARGET/ and
# the importer's fixtures; what it finds worth keeping goes to fuzz/corpus/TARGET/; an input that
# breaks a promise goes to fuzz/artifacts/TARGET/ and fails the run.
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$cahoots_root"

[[ "${1:-}" =~ ^[0-9]+$ ]] || die "usage: scripts/fuzz.sh SECONDS [TARGET...]"
seconds="$1"
shift
targets=("$@")
if [[ ${#targets[@]} == 0 ]]; then
    for file in fuzz/fuzz_targets/*.rs; do
        targets+=("$(basename "$file" .rs)")
    done
fi
for target in "${targets[@]}"; do
    [[ -f "fuzz/fuzz_targets/$target.rs" ]] || die "there is no target $target in fuzz/fuzz_targets"
done

command -v c++ >/dev/null 2>&1 || die "libFuzzer needs a C++ compiler: apt-get install g++"
if ! command -v cargo-fuzz >/dev/null 2>&1; then
    say "fuzz: building cargo-fuzz, once (about half a minute)"
    # Its own target folder: its dependencies are not ours.
    CARGO_TARGET_DIR="$cahoots_cache/cargo-fuzz-build" \
        cargo install cargo-fuzz --version 0.13.2 --locked --profile dev --root "$cahoots_cache" --quiet \
        </dev/null
    rm -rf "$cahoots_cache/cargo-fuzz-build"
fi

# The fuzzed parsers use the versions that the program uses.
cp Cargo.lock fuzz/Cargo.lock

# The address sanitizer needs a nightly compiler; ours is stable, and no code here is unsafe.
# Panics, overflows, time and memory are watched. One build makes all targets.
build="$CARGO_TARGET_DIR/fuzz"
say "fuzz: building (several minutes the first time)"
cargo fuzz build --dev --sanitizer none --target-dir "$build" </dev/null
host="$(rustc -vV | sed -n 's/^host: //p')"

run_one() {
    local target="$1" starts=() artifacts="fuzz/artifacts/$1/" log
    mkdir -p "fuzz/corpus/$target" "$artifacts"
    for folder in "fuzz/seeds/$target" "crates/cahoots-import/fixtures/$target"; do
        if [[ -d "$folder" ]]; then starts+=("$folder"); fi
    done
    log="$artifacts/log"
    if "$build/$host/debug/$target" "fuzz/corpus/$target" "${starts[@]}" \
        -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$artifacts" -print_final_stats=1 >"$log" 2>&1; then
        local runs
        runs="$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
        printf 'fuzz: %-14s ok, %s inputs tried\n' "$target" "${runs:-?}"
    else
        printf 'fuzz: %-14s FAILED\n' "$target"
        tail -n 40 "$log"
        return 1
    fi
}

# One target per processor at a time.
at_once="$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)"
failed=0
running=()
reap() {
    wait "${running[0]}" || failed=$((failed + 1))
    running=("${running[@]:1}")
}
for target in "${targets[@]}"; do
    if [[ ${#running[@]} -ge "$at_once" ]]; then reap; fi
    run_one "$target" &
    running+=("$!")
done
while [[ ${#running[@]} -gt 0 ]]; do reap; done
if [[ "$failed" != 0 ]]; then
    die "$failed of ${#targets[@]} targets failed; the inputs are in fuzz/artifacts"
fi
