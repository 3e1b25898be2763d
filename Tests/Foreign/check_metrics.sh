#!/usr/bin/env bash
# Reads what /metrics answers with the promtool of Prometheus, which knows its text format and its rules for names.
#
# check_metrics.sh URL|FILE
set -euo pipefail

if [[ $# -ne 1 ]]; then
  echo "usage: check_metrics.sh URL|FILE" >&2
  exit 64
fi
if ! command -v promtool >/dev/null; then
  echo "promtool is missing; it comes with the Debian package prometheus" >&2
  exit 69
fi

text="$(mktemp)"
trap 'rm -f "$text"' EXIT
case "$1" in
  http://* | https://*) curl --fail --silent --show-error --max-time 30 --output "$text" "$1" ;;
  *) cat -- "$1" >"$text" ;;
esac
# An empty text has no mistakes, and no metrics.
if ! grep -q '^tripline_build_info{' "$text"; then
  echo "$1 has no tripline_build_info" >&2
  exit 65
fi
promtool check metrics <"$text"
echo "$(grep -c '^# TYPE ' "$text") metrics are as Prometheus wants them"
