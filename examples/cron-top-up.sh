#!/bin/sh
# Top a dataset up every night. One line in the crontab is enough:
#
#   15 2 * * * /path/to/cron-top-up.sh >>"$HOME/selfinstruct.log" 2>&1
#
# --target is what the pool shall hold afterwards. When it does, the run ends at once with 0;
# when the budget ends first, with 3, and the next night goes on where this one stopped.
# With --batch it orders a wave of calls at half the price and leaves with 7; the next call collects
# what came and orders the next wave, so call it more often than once a night.
set -eu

POOL=${POOL:-"$HOME/datasets/my-pool"}
TARGET=${TARGET:-5000}
TEACHER=${TEACHER:-openai}

selfinstruct generate "$POOL" --teacher "$TEACHER" --target "$TARGET" --json "$@" || {
  code=$?
  [ "$code" -eq 3 ] && exit 0 # the night's budget is spent: that is as planned
  [ "$code" -eq 5 ] && exit 0 # last night's run is still at it
  [ "$code" -eq 7 ] && exit 0 # batches are being worked on: the next call collects them
  exit "$code"
}
