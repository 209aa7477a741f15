#!/bin/sh
# A smoke job for CI: no key, no network, a second or two. It proves that the pipeline around the
# tool works, with a teacher that also makes the mistakes real ones make.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
selfinstruct generate "$work/pool" --teacher mock --target 50 --seed 1 --quiet
test "$(wc -l <"$work/pool/tasks.jsonl")" -eq 50
selfinstruct status "$work/pool" --json
