#!/bin/sh
# One allocation: a vLLM server on each of its GPUs, a router in front, and a pool that grows.
#
#   sbatch --nodes 1 --gpus 4 --time 8:00:00 slurm.sh
#
# The pool outlives the job: submit it again, and it goes on where this one ended. A job that is
# about to end is told so by SIGTERM (--signal B:TERM@120), and what is bought by then is kept.
set -eu

MODEL=${MODEL:-Qwen/Qwen3-30B-A3B-Instruct-2507}
POOL=${POOL:-"$HOME/datasets/my-pool"}
TARGET=${TARGET:-500000}
GPUS=${SLURM_GPUS_ON_NODE:-1}
SERVE=${SERVE:-"vllm serve $MODEL --port"} # what begins a server, but for its port

servers=
started=
port=8001
while [ "$port" -le $((8000 + GPUS)) ]; do
  CUDA_VISIBLE_DEVICES=$((port - 8001)) $SERVE "$port" &
  started="$started $!"
  servers="$servers http://127.0.0.1:$port"
  port=$((port + 1))
done
# shellcheck disable=SC2086 # each of them is a word of its own
trap 'kill $started 2>/dev/null' EXIT

for server in $servers; do
  until curl -sf "$server/health" >/dev/null; do sleep 1; done
done
# shellcheck disable=SC2086
${ROUTER:-vllm-router} --worker-urls $servers --policy power_of_two --port 8000 \
  --max-concurrent-requests 2048 --queue-size 2048 >router.log 2>&1 &
started="$started $!"
until curl -sf http://127.0.0.1:8000/health >/dev/null; do sleep 1; done

# Not exec: the servers must be ended when it is done.
selfinstruct generate "$POOL" --teacher vllm --model "$MODEL" --base-url http://127.0.0.1:8000/v1 \
  --target "$TARGET" --concurrency $((256 * GPUS)) "$@" &
run=$!
trap 'kill -TERM $run; wait $run' TERM
wait "$run"
