"""Recordings: `Recorder` writes streams into one MCAP file, `Replay` gives them again."""

from wugan.record.recorder import Recorder
from wugan.record.replay import Replay, contents

__all__ = ["Recorder", "Replay", "contents"]
