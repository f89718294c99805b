"""As `wugan_hops.py`, but payloads are filled where the other processes read them: `wugan.empty`, without a copy."""

from __future__ import annotations

from wugan_hops import main

if __name__ == "__main__":
    main(in_place=True)
