"""Errors that a user of wugan meets. Each says what was wrong, where, and what to do."""


class WuganError(Exception):
    """Base of all errors that wugan raises on purpose; the CLI prints these without a traceback."""


class PipelineError(WuganError):
    """A pipeline is wrongly composed: a cycle, a missing port, types that do not fit."""


class PluginError(WuganError):
    """A plugin is unknown, cannot be imported, or does not keep its contract."""


class DataError(WuganError):
    """An input (file, packet, field) cannot be used."""


class IdentityError(DataError):
    """The data of two people lie where those of one are expected. They are never mixed."""


class DeviceError(WuganError):
    """A device is missing, busy, or has vanished."""


class RuntimeFailure(WuganError):
    """A running pipeline cannot go on: a source failed or a stage's process died."""
