from __future__ import annotations

from wugan import Join, Window, approximate
from wugan.join import WindowJoin
from wugan.ports import ports


def test_a_join_gives_its_windows_unless_told_otherwise():
    window = Window(0, {})
    join = WindowJoin(approximate("1ms"))
    join.warm_up()
    assert join.combine(window) is window
    join.close()
    assert ports(join).gives is Window and isinstance(join, Join)
