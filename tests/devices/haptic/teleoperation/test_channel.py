from __future__ import annotations

import pytest

from wugan.devices.haptic.teleoperation.packet import Channel


def deliver(channel: Channel, count: int) -> list[tuple[float, bytes]]:
    came = []
    for index in range(count + 200):
        now = index * 0.001
        if index < count:
            channel.send(index.to_bytes(4, "little"), now)
        came += [(now, data) for data in channel.arrived(now)]
    return came


def test_constant_delay_keeps_order() -> None:
    came = deliver(Channel(0.02), 100)
    assert [int.from_bytes(data, "little") for _, data in came] == list(range(100))
    assert all(0.0199 <= now - 0.001 * index <= 0.022 for index, (now, _) in enumerate(came))


def test_jitter_reorders_and_loss_loses_and_the_seed_decides() -> None:
    one, other = (Channel(0.01, 0.01, loss=0.1, double=0.1, seed=3) for _ in range(2))
    came = deliver(one, 2000)
    assert came == deliver(other, 2000)
    numbers = [int.from_bytes(data, "little") for _, data in came]
    assert numbers != sorted(numbers) and len(set(numbers)) < len(numbers)
    assert 150 < one.lost < 290 and one.carried == len(came)


def test_senseless_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="probabilities"):
        Channel(0.1, loss=1.5)
