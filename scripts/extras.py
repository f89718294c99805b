"""Imports every library that an extra of wugan names, and fails with the names of those that cannot be imported."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from importlib.metadata import packages_distributions, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Imported by nothing here, on purpose: packages that hold data or programs only, or whose import needs a screen.
_DATA_ONLY = {"openslide-bin"}


def extras() -> dict[str, str]:
    """Distribution to the extra that names it, for this platform; without `dev` and what only collects others."""
    found: dict[str, str] = {}
    for text in requires("wugan") or ():
        one = Requirement(text)
        for word in str(one.marker or "").split('"'):
            fits = one.marker is not None and one.marker.evaluate({"extra": word}) and not one.marker.evaluate()
            if fits and word not in ("dev", "all") and canonicalize_name(one.name) != "wugan":
                found[canonicalize_name(one.name)] = word
    return found


def main() -> int:
    """Import each in a process of its own, so that no library hides what another lacks."""
    modules: dict[str, list[str]] = {}
    for module, owners in packages_distributions().items():
        for owner in owners:
            modules.setdefault(canonicalize_name(owner), []).append(module)
    wrong = []
    for name, extra in sorted(extras().items(), key=lambda item: item[::-1]):
        if name in _DATA_ONLY:
            continue
        names = [m for m in modules.get(name, []) if not m.startswith("_")] or [name.replace("-", "_")]
        found = [module for module in names if importlib.util.find_spec(module)]
        code = f"import {', '.join(found)}" if found else f"raise ImportError('no module of {name} is installed')"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        said = done.stderr.strip().splitlines()[-1:] if done.returncode else []
        print(f"{extra:10} {name:28} {'ok' if not done.returncode else said[0]}", flush=True)
        wrong += [name] if done.returncode else []
    if wrong:
        print(f"cannot be imported: {', '.join(wrong)}", file=sys.stderr)
    return len(wrong) > 0


if __name__ == "__main__":
    sys.exit(main())
