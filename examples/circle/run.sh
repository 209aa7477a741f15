#!/bin/sh
# The whole circle with toys: grow a pool, judge it, choose, tune a tiny model, ask it and its base,
# and say what came of it. `make circle` prepares what this needs; the README says what it shows.
set -eu

HERE=$(dirname "$0")
OUT=${OUT:-circle-out}                         # everything is written there
TRAINER=${TRAINER:-.venv-train/bin/python}     # a Python with torch and trl
TARGET=${TARGET:-600}
SIZE=${SIZE:-400}
POOL=$OUT/pool
URL=http://127.0.0.1:9                         # where the models are served; known once they are

mkdir -p "$OUT"

# 1. Grow a pool, look at it, have it judged.
selfinstruct generate "$POOL" --teacher mock --target "$TARGET" --quiet
selfinstruct report "$POOL" -o "$OUT/pool.html"
selfinstruct judge "$POOL" --rubric score --all --teacher mock --yes

# 2. Take the best that are not all alike, and keep a tenth of it for the test.
selfinstruct select "$POOL" --by rating --judgements score-mock-en --size "$SIZE" --apart 0.6 -o "$OUT/selection.jsonl" --force
selfinstruct export "$POOL" --only "$OUT/selection.jsonl" --format chat --split train=0.9,test=0.1 -o "$OUT/chat.jsonl" --force
selfinstruct validate "$OUT/chat.train.jsonl" "$OUT/chat.test.jsonl"

# 3. A base model that has read the seed tasks as plain text, and the same tuned on the export.
"$TRAINER" -W ignore "$HERE/models.py" "$POOL/seeds.jsonl" "$OUT/chat.train.jsonl" "$OUT/models"

# 4. Serve both as an OpenAI-compatible server does, and ask them what neither has seen.
rm -rf "$OUT/url" "$OUT/base" "$OUT/tuned"     # answers of the models of an earlier run
"$TRAINER" -W ignore "$HERE/serve.py" "$OUT/models" "$OUT/url" &
SERVER=$!
trap 'kill "$SERVER" 2>/dev/null || true' EXIT
while [ ! -s "$OUT/url" ]; do
  kill -0 "$SERVER"                            # it ended: there is nothing to wait for
  sleep 0.2
done
URL=$(cat "$OUT/url")
selfinstruct answer "$OUT/chat.test.jsonl" --into "$OUT/base" --all --as base --teacher vllm --base-url "$URL" --model base --max-tokens 96 --yes
selfinstruct answer "$OUT/chat.test.jsonl" --into "$OUT/tuned" --all --as tuned --teacher vllm --base-url "$URL" --model tuned --max-tokens 96 --yes

# 5. How they sound beside each other, and what of it is right.
selfinstruct report "$OUT/tuned/answers.jsonl" --against "$OUT/base/answers.jsonl" -o "$OUT/answers.html"
selfinstruct evaluate "$OUT/base" "$OUT/tuned" --references "$OUT/chat.test.jsonl" --teacher-answers "$OUT/chat.test.jsonl" -o "$OUT/evaluation.html"
