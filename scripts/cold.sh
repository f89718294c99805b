#!/usr/bin/env bash
# What a stranger meets: an empty .venv with an empty package cache, from uv.lock; every extra's libraries imported; the
# demonstration of each shipped pipeline with every packet delivered; and the built wheel alone, with base dependencies.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root="$PWD"
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
export UV_CACHE_DIR="$place/cache" WUGAN_STATE="$place/state" XDG_CACHE_HOME="$place/home-cache"

git clone -q "$root" "$place/wugan"
cd "$place/wugan"
scripts/install.sh all,dev
.venv/bin/python scripts/extras.py
.venv/bin/wugan demo --out "$place/demo"
if [ -d "$place/state/letters" ]; then
  echo "wugan: packets were lost in a demonstration:" >&2
  find "$place/state/letters" -name error.json | head -n 3 >&2
  exit 1
fi

# The wheel by itself, in an empty folder: it runs what it can and names what each other part needs.
.venv/bin/python -m build --wheel --no-isolation --outdir "$place/dist" . >/dev/null
.venv/bin/python -m venv "$place/bare"
UV_SYSTEM_CERTS=true .venv/bin/uv pip install -q --python "$place/bare/bin/python" "$place"/dist/wugan-*.whl
mkdir "$place/empty"
cd "$place/empty"
"$place/bare/bin/wugan" demo
"$place/bare/bin/wugan" --help >/dev/null
echo "wugan: a cold install works"
