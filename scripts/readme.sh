#!/usr/bin/env bash
# Does what a newcomer does: runs every `cahoots …` line of README.md's ```sh blocks, in order, in
# an empty folder that has only the examples. A line fails if it ends with an error (exit code 2 or
# more) or finds nothing (1).
#
#   scripts/readme.sh PROGRAM
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"

program="$(realpath "${1:?usage: scripts/readme.sh PROGRAM}")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$program" "$work/bin/cahoots"
ln -s "$cahoots_root/examples" "$work/examples"

lines="$(awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside && /^cahoots /' \
    "$cahoots_root/README.md")"
[[ -n "$lines" ]] || die "README.md has no \`cahoots\` line in a sh block"

ran=0
failed=0
cd "$work"
while IFS= read -r line; do
    ran=$((ran + 1))
    code=0
    PATH="$work/bin:$PATH" bash -c "$line" </dev/null >out.txt 2>err.txt || code=$?
    if [[ "$code" != 0 ]]; then
        failed=$((failed + 1))
        say "README.md: exit code $code: $line"
        head -n 20 err.txt >&2
    elif [[ ! -s out.txt ]]; then
        failed=$((failed + 1))
        say "README.md: printed nothing: $line"
    fi
done <<<"$lines"
say "README.md: $ran commands run, $failed failed"
[[ "$failed" == 0 ]]
