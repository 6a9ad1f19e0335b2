#!/usr/bin/env bash
# Holds the workbench's server to its own description: schemathesis makes up requests from the
# OpenAPI document and fails on any answer 5xx, and on any status, content type, header or body that
# the document does not name. The real program serves the example case.
#
#   scripts/api.sh [PROGRAM]        API_SECONDS=N for another time than 60 seconds, API_SEED=N
set -euo pipefail
# shellcheck source=scripts/env.sh
source "$(dirname "${BASH_SOURCE[0]}")/env.sh"
cd "$cahoots_root"

program="${1:-$CARGO_TARGET_DIR/debug/cahoots}"
[[ -x "$program" ]] || die "there is no program $program: build it first"

# Its packages, in the versions written down, outside the clone: they serve the next one.
wanted="$(python3 --version && sha256sum <scripts/api/requirements.txt)"
venv="$cahoots_cache/schemathesis"
if [[ "$(cat "$venv/.cahoots" 2>/dev/null)" != "$wanted" ]]; then
    say "api: installing schemathesis, once"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check \
        --requirement scripts/api/requirements.txt </dev/null
    printf '%s' "$wanted" >"$venv/.cahoots"
fi

folder="$(mktemp -d)"
server=
cleanup() {
    if [[ -n "$server" ]]; then kill "$server" 2>/dev/null || true; fi
    rm -rf "$folder"
}
trap cleanup EXIT

"$program" open examples/campaign-2016 --case "$folder/api.case" --json >/dev/null 2>&1
"$program" serve "$folder/api.case" --listen 127.0.0.1:0 --json >"$folder/said" &
server=$!
for _ in $(seq 100); do
    if grep -q '^}' "$folder/said"; then break; fi
    sleep 0.1
done
mapfile -t entered < <(python3 scripts/api/enter.py "$folder/said")
[[ "${#entered[@]}" == 3 ]] || die "the server could not be entered"

# What the answers are held against. What is sent wrongly on purpose may be refused or understood.
checks=not_a_server_error,status_code_conformance,content_type_conformance
checks+=,response_headers_conformance,response_schema_conformance,unsupported_method
export CAHOOTS_KNOWN="${entered[2]}"
export SCHEMATHESIS_HOOKS=known
export PYTHONPATH="$cahoots_root/scripts/api" PYTHONDONTWRITEBYTECODE=1
run() {
    "$venv/bin/schemathesis" run "${entered[0]}/api/v1/openapi.json" \
        --header "Cookie: ${entered[1]}" --checks "$checks" --continue-on-failure \
        --seed "${API_SEED:-1}" --generation-database none --warnings off --no-color "$@" </dev/null
}
cd "$folder"
# The stream of events never ends; going out would end the session of all that follow, and comes last.
run --max-time "${API_SECONDS:-60}" --phases examples,coverage,fuzzing,stateful \
    --exclude-path /api/v1/events --exclude-operation-id leave
run --phases coverage --include-operation-id leave
