"""The tasks that are trained: peg in hole, deburring."""

from wugan.apps.teleop.tasks.deburring import deburring
from wugan.apps.teleop.tasks.peg import peg
from wugan.apps.teleop.tasks.task import Limits, Task, task

__all__ = ["Limits", "Task", "deburring", "peg", "task"]
