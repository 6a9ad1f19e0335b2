#!/usr/bin/env bash
# Builds the pages of the workbench to web/dist, which the program carries; nothing is done when
# nothing changed.
#
#   scripts/web.sh            builds if Node is there; says so and goes on if it is not
#   scripts/web.sh must       fails without Node
#   scripts/web.sh check      also checks types and runs the pages' own tests
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$cahoots_root/web"

mode="${1:-}"
newest=20.19
version="$(node --version 2>/dev/null | tr -d v || true)"
if [[ -z "$version" || "$(printf '%s\n%s\n' "$newest" "$version" | sort -V | head -n1)" != "$newest" ]]; then
    problem="the pages need Node $newest or newer to be built, this is ${version:-none}"
    [[ -z "$mode" ]] || die "$problem"
    say "web: $problem; the program is built without them"
    exit 0
fi

digest() { sha256sum "$@" | sha256sum | cut -d' ' -f1; }

# What npm installs follows from the lock file alone.
lock="$(digest package.json package-lock.json)"
if [[ "$(cat node_modules/.cahoots-lock 2>/dev/null)" != "$lock" ]]; then
    say "web: installing what the lock file names"
    npm ci --no-fund --no-audit --loglevel=error </dev/null >&2
    printf '%s' "$lock" >node_modules/.cahoots-lock
fi

mapfile -t sources < <(git -C .. ls-files -co --exclude-standard web | grep -v '^web/tests/' | sed 's,^web/,,' | sort)
built="$(digest "${sources[@]}")"
if [[ "$(cat node_modules/.cahoots-built 2>/dev/null)" != "$built" || ! -e dist/index.html ]]; then
    had=no
    [[ ! -e dist/index.html ]] || had=yes
    npm run --silent types >/dev/null </dev/null
    npm run --silent build </dev/null >&2
    printf '%s' "$built" >node_modules/.cahoots-built
    # The compiler looks for files that were not there only when this one is new.
    [[ "$had" == yes ]] || touch ../crates/cahoots/src/serve/assets.rs
fi

if [[ "$mode" == check ]]; then
    npm run --silent check </dev/null
    npm run --silent test </dev/null
fi
