"""`Feel`: what the hand is to feel about a result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wugan.duration import to_ns
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import ImpedanceUpdate
from wugan.stage import Stage


@dataclass(eq=False)
class Feel(Stage[Any, ImpedanceUpdate]):
    """Chooses effects by a result's label: the way from a head back to the hand.

    The result is anything with a `label`, and where it has them `probs` and `abstain` (as `wugan.task.Prediction` and
    the estimates of the built-in heads). Where it abstains, is less certain than `least`, or has a label without a
    rule, the hand feels `otherwise`, which is nothing unless it is given. For more than labels, write a function of
    your own result that returns an `ImpedanceUpdate`: a function is a stage too.

    Args:
        rules: effects for each label, as in `ImpedanceUpdate.effects`.
        otherwise: effects where no rule holds.
        least: probability below which a label does not count.
        valid: time after which the output is zero, unless another result has come.

    Raises:
        DataError: an effect does not say which it is, or `least` is no probability; from `process`, the result has no
            label.
    """

    rules: dict[str, list[dict[str, Any]]]
    otherwise: Sequence[dict[str, Any]] = ()
    least: float = 0.6
    valid: str | float = "500ms"

    stateless = True

    def __post_init__(self) -> None:
        if not 0 <= self.least <= 1:
            raise DataError(f"Feel: least must be a probability, got {self.least}")
        for label, effects in {**self.rules, "(otherwise)": self.otherwise}.items():
            for effect in effects:
                if not isinstance(effect, dict) or not isinstance(effect.get("effect"), str):
                    raise DataError(
                        f'Feel: an effect for {label!r} needs its name, {{"effect": "Spring", …}}: {effect!r}'
                    )
        self._valid_s = to_ns(self.valid) / 1e9

    def process(self, packet: Packet[Any]) -> Iterator[Packet[ImpedanceUpdate]]:
        result = packet.data
        label = getattr(result, "label", None)
        if not isinstance(label, str):
            raise DataError(f"Feel needs a result with a label, {packet.stream!r} gave {type(result).__name__}")
        probability = (getattr(result, "probs", None) or {}).get(label, 1.0)
        certain = not getattr(result, "abstain", False) and probability >= self.least
        effects = self.rules.get(label, self.otherwise) if certain else self.otherwise
        yield packet.replace(ImpedanceUpdate([dict(effect) for effect in effects], self._valid_s))
