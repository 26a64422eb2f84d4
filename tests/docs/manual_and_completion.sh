#!/usr/bin/env bash
# The manual page and the bash completion that the build makes, used as bash and a reader use them.
set -euo pipefail
failed=0
wrong() {
  echo "$*"
  failed=1
}

manual=$TRACEHOUND_BUILD/tracehound.1
problems=$(mandoc -T lint -W error "$manual") || wrong "mandoc finds errors: $problems"
page=$(mandoc -T ascii "$manual" | sed 's/.\x08//g')

# Every command that the program lists is in the manual, with its options.
commands_of() {
  "$TRACEHOUND" "$@" --help | sed -n '/^Subcommands:/,/^$/s/^  \([a-z_-]*\) .*/\1/p'
}
found=0
in_manual() {
  found=$((found + 1))
  grep -q "^   $1$" <<<"$page" || wrong "the manual lacks: $1"
}
for verb in $(commands_of); do
  below=$(commands_of "$verb")
  [[ -n $below ]] || in_manual "$verb"
  for word in $below; do in_manual "$verb $word"; done
done
((found >= 5)) || wrong "only $found commands found in the help"
for text in "Exit codes: 0 done" "--ledger" "$("$TRACEHOUND" --version)"; do
  grep -qF -- "$text" <<<"$page" || wrong "the manual lacks: $text"
done

# What pressing Tab after these words offers.
source "$TRACEHOUND_BUILD/completion/tracehound.bash"
complete -p tracehound >/dev/null || wrong "no completion is registered"
offers() {
  COMP_WORDS=("$@")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  _tracehound
  printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd ' '
}
expect() { # OFFER WORD...: exactly this
  local wanted=$1 got
  shift
  got=$(offers "$@")
  [[ $got == "$wanted" ]] || wrong "after [$*]: offers [$got], expected [$wanted]"
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/blocks"
touch "$folder/block-list"
cd "$folder"
expect "incident info ingest" tracehound in
expect "blocks" tracehound ingest b
expect "--ledger" tracehound ingest blocks --led
expect "blocks" tracehound ingest blocks --ledger b
expect "blocks" tracehound ingest blocks --quiet b
expect "testnet4" tracehound ingest blocks --network testn
expect "" tracehound ingest blocks --to 1
expect "block-list blocks" tracehound trace --incident b
expect "block-list blocks" tracehound tags import b
expect "fifo haircut lifo poison seniority tiho tilo" tracehound trace --method ""
expect "--version" tracehound --v
expect "" tracehound show tx b
exit "$failed"
