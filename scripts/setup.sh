#!/usr/bin/env bash
# Installs what a build needs and the machine lacks, and nothing else.
#
#   scripts/setup.sh          a compiler and linker for C, the Rust version, Python for the checks
#   scripts/setup.sh ci       also mold, a C++ compiler, cargo-deny, Node and a browser
#   scripts/setup.sh bench    also the programs that the benchmarks compare with
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

wanted="${1:-build}"

as_root() {
    if [[ "$(id -u)" == 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        sudo -n "$@"
    else
        return 1
    fi
}

# debian NEED PACKAGE...: installs packages; a failure is fatal only if NEED is "must".
debian() {
    local need="$1"
    shift
    if command -v apt-get >/dev/null 2>&1; then
        say "setup: installing $*"
        if as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
            </dev/null >/dev/null 2>&1; then
            return
        fi
        # The package lists may be missing or old.
        if as_root apt-get update -q </dev/null >/dev/null 2>&1 \
            && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
                </dev/null >&2; then
            return
        fi
    fi
    if [[ "$need" == must ]]; then
        die "please install these yourself, then run this again: $*"
    fi
    say "setup: going on without $*"
}

have() { command -v "$1" >/dev/null 2>&1; }

check_rust() {
    if ! have cargo || ! have rustc; then
        die "Rust is not installed: see rustup.rs, or your system's packages"
    fi
    local want got
    want="$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$cahoots_root/Cargo.toml")"
    # Run in the clone: rust-toolchain.toml picks the version there.
    got="$(cd "$cahoots_root" && rustc --version | cut -d' ' -f2)" \
        || die "the pinned Rust toolchain cannot be used: run 'rustup toolchain install' in $cahoots_root"
    if [[ "$(printf '%s\n%s\n' "$want" "${got%%-*}" | sort -V | head -n1)" != "$want" ]]; then
        die "Rust $want or newer is needed, this is $got: run 'rustup update'"
    fi
}

check_rust
# SQLite, zstd and the allocator are compiled from C.
have cc || debian must gcc libc6-dev

if [[ "$wanted" == ci ]]; then
    have mold || debian may mold
    # libFuzzer is C++.
    have c++ || debian may g++
    have python3 || debian may python3
    # scripts/api.sh keeps schemathesis in an environment of its own.
    python3 -c 'import venv, ensurepip' 2>/dev/null || debian may python3-venv
    # Debian's own Node may be older than the pages need: scripts/web.sh says so.
    have node || debian may nodejs npm
    # The pages are tested in it.
    have chromium || debian may chromium
    if ! have cargo-deny; then
        say "setup: building cargo-deny, once (about a minute)"
        # Its own target folder: its dependencies are not ours.
        if ! CARGO_TARGET_DIR="$cahoots_cache/cargo-deny-build" \
            cargo install cargo-deny --version 0.20.2 --locked --no-default-features --profile dev \
            --root "$cahoots_cache" --quiet </dev/null; then
            say "setup: going on without cargo-deny"
        fi
        rm -rf "$cahoots_cache/cargo-deny-build"
    fi
fi

if [[ "$wanted" == bench ]]; then
    have python3 || debian must python3
    have zstd || debian must zstd
    have notmuch || debian may notmuch
    have mu || debian may maildir-utils
    /usr/bin/python3 -c 'import notmuch2' 2>/dev/null || debian may python3-notmuch2
fi
