#!/usr/bin/env bash
# Creates .venv beside this script's folder and installs wugan there, editable, with the extras given ("speech,design,step,medical,haptics,spatial,web,dev"
# unless told otherwise). Fast when nothing changed: a stamp keeps the fingerprint of what was installed.
#
#   scripts/install.sh [EXTRAS]      PYTHON=/path/to/python chooses the interpreter
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

extras="${1:-speech,design,step,medical,haptics,spatial,web,dev}"
venv="$PWD/.venv"
stamp="$venv/.wugan-installed"
# Debian package and what it is for. Nothing else of the system is needed: PyPI's wheels carry the rest.
system_packages=(
  "espeak-ng|speech in languages other than English"
  "libportaudio2|microphone and loudspeaker"
  "pocketsphinx-testdata|the recorded clips of the demonstration"
  "libegl1|pictures of 3D models without a screen"
  "libgl1|the same"
  "libopengl0|the same"
  "dcmtk|tests of the DICOM receiver against another maker's programs"
  "dicom3tools|tests that what is written is valid DICOM"
  "libusb-1.0-0|point clouds with Open3D"
  "libx11-6|the same"
  "libidn2-0|the same"
  "gcc-avr|tests that build the reference firmware"
  "avr-libc|the same"
  "simavr|tests that run it in a simulator"
)

say() { printf '%s\n' "wugan: $*"; }
fail() { printf '%s\n' "wugan: $*" >&2; exit 1; }

# A name on PATH may be a shim without a Python behind it, so every candidate is run. Prints the first that works.
find_python() {
  local name path
  for name in ${PYTHON:+"$PYTHON"} python3.12 python3.11 python3 python; do
    while IFS= read -r path; do
      if "$path" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' \
        </dev/null >/dev/null 2>&1; then
        printf '%s\n' "$path"
        return 0
      fi
    done < <(type -ap "$name" || true)
  done
  return 1
}

install_system_packages() {
  local missing=() entry name root=()
  if ! command -v dpkg-query >/dev/null; then
    # Without Debian's database there is no telling what is there; said once, when something is to be installed.
    say "these system packages (Debian's names) are useful; install them with your package manager:"
    for entry in "${system_packages[@]}"; do say "  ${entry%%|*}: ${entry#*|}"; done
    return 0
  fi
  for entry in "${system_packages[@]}"; do
    name="${entry%%|*}"
    dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then root=(sudo -n); fi
  if command -v apt-get >/dev/null && { [ ${#root[@]} -eq 0 ] || sudo -n true 2>/dev/null; }; then
    say "installing system packages: ${missing[*]}"
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    local get=("${apt[@]}" install -y --no-install-recommends "${missing[@]}")
    # The package lists of a fresh container are empty or stale: update only if a first try fails.
    if "${get[@]}" </dev/null >/dev/null 2>&1 || { "${apt[@]}" update </dev/null && "${get[@]}" </dev/null; }; then
      return 0
    fi
  fi
  say "could not install these system packages; wugan runs without them, but lacks:" >&2
  for entry in "${system_packages[@]}"; do
    if [[ " ${missing[*]} " == *" ${entry%%|*} "* ]]; then say "  ${entry%%|*}: ${entry#*|}" >&2; fi
  done
  say "to add them: sudo apt-get install ${missing[*]}" >&2
}

create_venv() {
  # A .venv that was moved with its folder, or whose Python was removed, is made anew.
  if [ -e "$venv" ] && ! { "$venv/bin/python" -c 'import pip' && "$venv/bin/python" -m pip --version; } >/dev/null 2>&1; then
    say ".venv does not work; making it anew"
    rm -rf "$venv"
  fi
  if [ ! -e "$venv" ]; then
    local python
    python="$(find_python)" || fail "needs Python 3.12 or 3.11 with the venv module, and found none that runs.
  Debian or Ubuntu: sudo apt-get install python3.12 python3.12-venv (or 3.11)
  elsewhere: https://www.python.org/downloads/, or name one: PYTHON=/path/to/python3.12 make install"
    say "creating .venv with $("$python" --version) ($python)"
    "$python" -m venv "$venv"
  fi
}

install_project() {
  say "installing wugan[$extras] and what it needs from uv.lock (some gigabytes the first time)"
  local chosen=() extra
  for extra in ${extras//,/ }; do chosen+=(--extra "$extra"); done
  [ -x "$venv/bin/uv" ] || "$venv/bin/python" -m pip install -q --disable-pip-version-check uv ||
    fail "pip could not fetch uv, which installs the versions of uv.lock; see pip's message above"
  # Like pip, uv is to trust the certificates that this machine trusts (a company's own, for example).
  UV_SYSTEM_CERTS=true UV_PROJECT_ENVIRONMENT="$venv" "$venv/bin/uv" sync --locked --inexact "${chosen[@]}" ||
    fail "uv could not install what uv.lock names; see its message above.
  no network: the packages must be in uv's cache; another index: UV_DEFAULT_INDEX=https://… make install
  pyproject.toml was changed: .venv/bin/uv lock"
}

fingerprint="$(cat pyproject.toml uv.lock scripts/install.sh | cksum) $extras $PWD"
if [ "$(cat "$stamp" 2>/dev/null)" = "$fingerprint" ] && "$venv/bin/python" -c '' 2>/dev/null; then
  exit 0
fi
install_system_packages
create_venv
install_project
printf '%s\n' "$fingerprint" >"$stamp"
say "ready: source .venv/bin/activate"
