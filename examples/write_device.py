"""Write a device of your own and read it in the four ways that every device has.

python examples/write_device.py
"""

import time
from collections.abc import Iterator

from wugan import Packet, Pipeline, clock
from wugan.devices import Device
from wugan.errors import DeviceError


class Thermometer(Device[float]):
    """Stands for yours: opens a port, gives a temperature a hundred times a second, and may be pulled out."""

    name = "thermometer 7"
    spec = {"kind": "temperature", "rate": 100, "unit": "°C"}  # noqa: RUF012

    def _open(self) -> None:
        self.celsius = 20.0

    def _capture(self) -> Iterator[Packet[float] | None]:  # on a thread of its own
        while not self.closing:
            time.sleep(0.01)
            if self.celsius > 21:
                raise DeviceError("thermometer 7 was unplugged")
            self.celsius += 0.01
            yield Packet(round(self.celsius, 2), clock.now_ns())


print(Thermometer().spec)  # known before it is opened
with Thermometer().connect() as device:
    first = device.read()  # waits for what is captured next
    print(first.data, "at", first.time_ns)
    print(device.async_read(timeout="1s").data)  # the newest that was not read yet
    print(device.read_latest(max_age="1s").data)  # the newest; never waits, and never gives what is older
    for packet in device.packets():  # all of them, in order: what a pipeline reads
        if packet.seq >= 20:
            break
    print(device.health.state, "after", device.health.captured, "readings")
    try:
        while True:
            device.read()
    except DeviceError as error:
        print("then:", error)


def show(packet: Packet[float]) -> None:
    if packet.data == 20.5:
        print("a pipeline reads it too:", packet.data)
        running.stop()


pipeline = Pipeline("room")
pipeline.sink(show, pipeline.source(Thermometer(), name="thermometer"))
with pipeline.run() as running:
    running.wait()
