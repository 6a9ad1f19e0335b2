#!/usr/bin/env bash
# `make demo`: builds in release, opens the bundled example into a throw-away case, prints its
# overview and the case in brief, and says what to try next. Running it again starts from nothing again.
set -euo pipefail
here="$(dirname "${BASH_SOURCE[0]}")"
"$here/setup.sh"
# shellcheck source=scripts/env.sh
source "$here/env.sh"
cd "$cahoots_root"

example="examples/campaign-2016"
case_folder="demo.cahoots.case"

"$here/web.sh"
cargo build --release --locked --package cahoots --bin cahoots </dev/null
program="$CARGO_TARGET_DIR/release/cahoots"

# Only a folder that is a case is ours to remove.
if [[ -e "$case_folder" && ! -e "$case_folder/case.toml" ]]; then
    die "$case_folder is in the way and is not a case"
fi
rm -rf "$case_folder"
"$program" open "$example" --case "$case_folder"
echo
"$program" brief --case "$case_folder"

shown="$program"
if [[ "$program" == "$cahoots_root/"* ]]; then
    shown="${program#"$cahoots_root/"}"
fi
cat <<END

The case is in $case_folder. Try:
  $shown search 'wikileaks' --case $case_folder
  $shown chronology --case $case_folder
  $shown acts wikileaks 'Donald Trump Jr.' --circle 'Donald Trump' --case $case_folder
  $shown statements --case $case_folder

And in the browser:
  $shown serve $case_folder
END
