#!/bin/sh
# Place one call and wait for its end, with nothing but curl.
#
#   GREENLIGHT_URL=https://calls.example GREENLIGHT_KEY=gl_live_… sh make_call.sh order-77 '{"to": "+15555555678"}'
#
# order-77 is the idempotency key: your own name for this one call. While the outcome is open (no answer,
# 429, 5xx) the same request is sent again under the same name, and the call is placed once.
set -eu
name=$1 body=$2
api="$GREENLIGHT_URL/api/v1"
answer=$(mktemp) headers=$(mktemp)
trap 'rm -f "$answer" "$headers"' EXIT

# ask METHOD PATH [curl's own words]: leaves the body in $answer and the status in $status; 000 is no answer
ask() {
  method=$1 path=$2
  shift 2
  : >"$answer"
  : >"$headers"
  # The key comes by a pipe: what stands on a command line, everybody on this machine can read.
  status=$(printf 'header = "Authorization: Bearer %s"\n' "$GREENLIGHT_KEY" | curl -K - -sS -o "$answer" -D "$headers" -w '%{http_code}' -X "$method" --max-time 60 \
    "$@" "$api$path" 2>/dev/null) || status=000
}

# field NAME: a text of the answer
field() {
  sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" "$answer" | head -n 1
}

# retry TRY: whether to send it again, after a while by chance on top of what Retry-After says
retry() {
  case $status in 000 | 429 | 5??) ;; *) return 1 ;; esac
  [ "$1" -lt 8 ] || return 1
  floor=$(sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9]*\).*/\1/p' "$headers" | tail -n 1)
  chance=$(od -An -N2 -tu2 /dev/urandom)
  sleep "$(awk -v f="${floor:-0}" -v n="$1" -v c="$chance" \
    'BEGIN { most = 0.5 * 2 ^ n; if (most > 30) most = 30; print f + most * c / 65536 }')"
}

# over: tells why there is no more to do here
over() {
  echo "$status $(field error): $(field message)" >&2
  exit 1
}

try=0
while :; do
  ask POST /make-call -H "Idempotency-Key: $name" -H 'content-type: application/json' --data "$body"
  retry "$try" || break
  try=$((try + 1))
done
[ "$status" = 200 ] || over
call=$(field call_sid)
echo "$call $(field status)"

try=0
while :; do
  ask GET "/calls/$call"
  if [ "$status" = 200 ]; then
    case $(field status) in completed | busy | no-answer | failed | canceled) break ;; esac
    try=0
    sleep 1
  else
    retry "$try" || over
    try=$((try + 1))
  fi
done
echo "$call $(field status)"
