#!/bin/sh
# Grow a pool without a server: each wave of requests is a file, which `vllm run-batch` answers.
#
#   MODEL=Qwen/Qwen2.5-7B-Instruct TARGET=5000 ./run-batch.sh
#
# Exit 7 says that files wait for answers. Each is POOL/batches/NNNN.in.jsonl, in the form of OpenAI's
# Batch API; the answers go beside it as NNNN.out.jsonl. On a cluster, let this job submit an array of
# such jobs instead, and run itself again behind them: answers may come as NNNN.out-1.jsonl,
# NNNN.out-2.jsonl and so on.
set -eu

POOL=${POOL:-pool}
TARGET=${TARGET:-1000}
MODEL=${MODEL:?the model that answers}
ANSWER=${ANSWER:-vllm run-batch --model "$MODEL"}

while :; do
  code=0
  selfinstruct generate "$POOL" --teacher vllm --model "$MODEL" --target "$TARGET" \
    --batch --batch-transport files "$@" || code=$?
  [ "$code" -eq 7 ] || exit "$code"
  for requests in "$POOL"/batches/*.in.jsonl; do
    answers="${requests%.in.jsonl}.out.jsonl"
    $ANSWER -i "$requests" -o "$answers.part"
    mv "$answers.part" "$answers" # so that a half-written file is never read
  done
done
