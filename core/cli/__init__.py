"""The `wugan` command; what is named here is for the commands of applications and plugins too."""

from wugan.cli.console import DeadLettersOption, RuntimeOption, SetOption, err, one_message, out, tell
from wugan.cli.run import read_spec, run_and_show

__all__ = [
    "DeadLettersOption",
    "RuntimeOption",
    "SetOption",
    "err",
    "one_message",
    "out",
    "read_spec",
    "run_and_show",
    "tell",
]
