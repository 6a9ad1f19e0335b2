# shellcheck shell=bash
# Sourced by every script: one place that decides where builds go and with which flags, so that
# no two steps build the same crate twice.

cahoots_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export cahoots_root

# In CI, or when CAHOOTS_CACHE=1, builds are kept outside the clone and serve the next clone.
cahoots_cache="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/cahoots"
export cahoots_cache
if [[ -z "${CARGO_TARGET_DIR:-}" ]]; then
    if [[ "${CI:-}" == true || "${CAHOOTS_CACHE:-}" == 1 ]]; then
        CARGO_TARGET_DIR="$cahoots_cache/target"
    else
        CARGO_TARGET_DIR="$cahoots_root/target"
    fi
fi
export CARGO_TARGET_DIR
if [[ "${CI:-}" == true ]]; then
    export CARGO_INCREMENTAL=0
fi

# Programs that scripts/setup.sh built for itself (cargo-deny).
export PATH="$cahoots_cache/bin:$PATH"

# mold links in a fraction of the time. RUSTFLAGS is part of what cargo compares: it is set here
# once and never changed by a step.
if [[ -z "${RUSTFLAGS+set}" ]] && command -v mold >/dev/null 2>&1; then
    RUSTFLAGS="-Clink-arg=-fuse-ld=mold"
fi
export RUSTFLAGS="${RUSTFLAGS:-}"

# Where the pinned toolchain is there under another name and cannot be fetched, that one is used.
if [[ -z "${RUSTUP_TOOLCHAIN:-}" ]] && command -v rustup >/dev/null 2>&1; then
    pinned="$(sed -n 's/^channel = "\(.*\)"$/\1/p' "$cahoots_root/rust-toolchain.toml")"
    if ! rustup toolchain list | grep -q "^$pinned-" \
        && [[ "$(cd / && rustc --version 2>/dev/null | cut -d' ' -f2)" == "$pinned" ]]; then
        RUSTUP_TOOLCHAIN="$(cd / && rustup show active-toolchain | cut -d' ' -f1)"
        export RUSTUP_TOOLCHAIN
    fi
    unset pinned
fi

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
