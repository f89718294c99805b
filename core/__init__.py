"""wugan (五感): multimodal agents with sensor plugins."""

from __future__ import annotations
