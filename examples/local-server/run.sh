#!/bin/sh
# Grow a pool with a model on a server of your own. Start the server first, for instance
#
#   vllm serve Qwen/Qwen2.5-7B-Instruct        # listens on port 8000
#   ollama serve && ollama pull qwen2.5        # listens on port 11434
#
# and then: TEACHER=vllm MODEL=Qwen/Qwen2.5-7B-Instruct examples/local-server/run.sh
set -eu

TEACHER=${TEACHER:-ollama}
MODEL=${MODEL:-qwen2.5}
POOL=${POOL:-local-pool}
TARGET=${TARGET:-200}

set -- --teacher "$TEACHER" --model "$MODEL" ${BASE_URL:+--base-url "$BASE_URL"} "$@"
selfinstruct check "$@"                     # key, model, what it reports: one call
selfinstruct generate "$POOL" "$@" --target "$TARGET" --concurrency "${CONCURRENCY:-8}"
