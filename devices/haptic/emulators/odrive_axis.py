"""`Axis`: one axis of an emulated ODrive: its properties, its states, its watchdog, and the torque that it gives."""

from __future__ import annotations

import math
from typing import ClassVar

from wugan.devices.haptic.drivers.odrive_errors import WATCHDOG

IDLE, CALIBRATE, CLOSED_LOOP = 1, 3, 8
TORQUE, VELOCITY, POSITION = 1, 2, 3
INVALID_STATE, MOTOR_FAILED, CONTROLLER_FAILED = 1 << 0, 1 << 6, 1 << 9
OVERSPEED = 1 << 0  # of the controller
NOT_A_NUMBER = 1 << 16  # of the motor
CALIBRATION_S = 12.0  # the beep, and one turn to and fro


class Axis:
    """Torque control with the limiters that the firmware has switched on by default.

    The properties are what the protocol reads and writes; an `int`, a `bool` and a `float` are parsed as such.
    """

    READ_ONLY: ClassVar = frozenset(
        {"current_state", "motor.is_calibrated", "encoder.is_ready", "encoder.pos_estimate", "encoder.vel_estimate"}
    )

    def __init__(self, calibrated: bool, saved: dict[str, float]) -> None:
        """Switch it on: idle, with the saved configuration or the maker's."""
        self.properties: dict[str, float] = {
            "requested_state": 0,
            "current_state": IDLE,
            "error": 0,
            "motor.error": 0,
            "encoder.error": 0,
            "controller.error": 0,
            "config.watchdog_timeout": 0.0,
            "config.enable_watchdog": False,
            "controller.input_pos": 0.0,
            "controller.input_vel": 0.0,
            "controller.input_torque": 0.0,
            "controller.config.input_mode": 1,
            "controller.config.control_mode": POSITION,
            "controller.config.pos_gain": 20.0,
            "controller.config.vel_gain": 1 / 6,
            "controller.config.vel_limit": 2.0,
            "controller.config.vel_limit_tolerance": 1.2,
            "controller.config.enable_torque_mode_vel_limit": True,
            "controller.config.enable_overspeed_error": True,
            "motor.config.torque_constant": 0.04,
            "motor.config.current_lim": 10.0,
            "motor.config.torque_lim": math.inf,
            "motor.is_calibrated": calibrated,
            "encoder.is_ready": calibrated,
            "encoder.pos_estimate": 0.0,
            "encoder.vel_estimate": 0.0,
        } | saved
        self.torque = 0.0
        self._now_s: float | None = None
        self._left_s = 0.0  # until the watchdog expires; loaded by feeding only
        self._calibrated_at: float | None = None

    @property
    def turns(self) -> float:
        """Position, in turns."""
        return self.properties["encoder.pos_estimate"]

    @turns.setter
    def turns(self, value: float) -> None:
        self.properties["encoder.pos_estimate"] = value

    @property
    def turns_per_s(self) -> float:
        """Velocity, in turns a second."""
        return self.properties["encoder.vel_estimate"]

    @turns_per_s.setter
    def turns_per_s(self, value: float) -> None:
        self.properties["encoder.vel_estimate"] = value

    @property
    def strongest(self) -> float:
        """Greatest torque by its current limit, N·m."""
        by_current = self.properties["motor.config.torque_constant"] * self.properties["motor.config.current_lim"]
        return min(by_current, self.properties["motor.config.torque_lim"])

    def configuration(self) -> dict[str, float]:
        """What saving keeps."""
        return {name: value for name, value in self.properties.items() if ".config." in f".{name}"}

    def feed(self) -> None:
        """Load the watchdog with its time."""
        self._left_s = max(0.0, self.properties["config.watchdog_timeout"])

    def clear(self) -> None:
        """Clear the errors; nothing else changes, the stored torque least of all."""
        for name in ("error", "motor.error", "encoder.error", "controller.error"):
            self.properties[name] = 0

    def command(self, kind: str, values: list[float]) -> None:
        """A set-point by `c`, `v`, `p`, `q` or `t`, with its optional further values."""
        first, second, third = (*values, *[None] * 3)[:3]
        if kind == "c":
            self._set(TORQUE, torque=first)
        elif kind == "v":
            self._set(VELOCITY, vel=first, torque=second)
        elif kind == "q":
            self._set(POSITION, pos=first)
            if second is not None:
                self.properties["controller.config.vel_limit"] = second
            if third is not None:
                self.properties["motor.config.torque_lim"] = third
        else:
            self._set(POSITION, pos=first, vel=second, torque=third)

    def _set(self, mode: int, **inputs: float | None) -> None:
        self.properties["controller.config.control_mode"] = mode
        for name, value in inputs.items():
            if value is not None:
                self.properties[f"controller.input_{name}"] = value

    def advance(self, now_s: float) -> None:
        """Let time pass: requests, watchdog, control."""
        gone = 0.0 if self._now_s is None else max(0.0, now_s - self._now_s)
        self._now_s = now_s
        mine = self.properties
        self._request(now_s)
        if mine["config.enable_watchdog"]:
            self._left_s -= gone
            if self._left_s <= 0:
                self._fail(WATCHDOG)
        if mine["error"] and mine["current_state"] != IDLE:
            mine["current_state"] = IDLE
        self.torque = self._control() if mine["current_state"] == CLOSED_LOOP else 0.0

    def _request(self, now_s: float) -> None:
        mine = self.properties
        if self._calibrated_at is not None and now_s >= self._calibrated_at:
            self._calibrated_at = None
            if mine["current_state"] == CALIBRATE:
                mine["motor.is_calibrated"] = mine["encoder.is_ready"] = True
                mine["current_state"] = IDLE
        wanted, mine["requested_state"] = mine["requested_state"], 0
        if not wanted:
            return
        ready = mine["motor.is_calibrated"] and mine["encoder.is_ready"]
        if wanted == IDLE:
            mine["current_state"] = IDLE
        elif mine["error"]:
            pass  # an axis with an error stays where it is
        elif wanted == CALIBRATE:
            mine["current_state"] = CALIBRATE
            self._calibrated_at = now_s + CALIBRATION_S
        elif wanted == CLOSED_LOOP and ready:
            mine["current_state"] = CLOSED_LOOP
        else:
            self._fail(INVALID_STATE)

    def _fail(self, axis: int, part: str = "", bits: int = 0) -> None:
        mine = self.properties
        mine["error"] = int(mine["error"]) | axis
        if part:
            mine[f"{part}.error"] = int(mine[f"{part}.error"]) | bits
        mine["current_state"] = IDLE

    def _control(self) -> float:
        """The torque of this moment, N·m; 0 after an error that disarms."""
        mine = self.properties
        speed, limit = self.turns_per_s, mine["controller.config.vel_limit"]
        mode = mine["controller.config.control_mode"]
        if (
            mine["controller.config.enable_overspeed_error"]
            and abs(speed) > limit * mine["controller.config.vel_limit_tolerance"]
        ):
            self._fail(CONTROLLER_FAILED, "controller", OVERSPEED)
            return 0.0
        gain = mine["controller.config.vel_gain"]
        torque = mine["controller.input_torque"]
        if mode >= VELOCITY:
            wanted = mine["controller.input_vel"]
            if mode == POSITION:
                wanted += mine["controller.config.pos_gain"] * (mine["controller.input_pos"] - self.turns)
            torque += gain * (min(max(wanted, -limit), limit) - speed)
        elif mine["controller.config.enable_torque_mode_vel_limit"]:
            torque = _clamp(torque, (-limit - speed) * gain, (limit - speed) * gain)
        torque = _clamp(torque, -self.strongest, self.strongest)
        if math.isnan(torque):
            self._fail(MOTOR_FAILED, "motor", NOT_A_NUMBER)
            return 0.0
        return torque


def _clamp(value: float, least: float, greatest: float) -> float:
    """As the firmware clamps: by comparisons, which not-a-number passes."""
    if value < least:
        return least
    return greatest if value > greatest else value
