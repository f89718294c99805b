"""Attend to an endless stream of two sensors, step by step, in bounded memory, and stop and go on.

python examples/attend_to_a_stream.py
"""

import time

import torch

from wugan.attention import DARAttention, DARCache

VOICE, TOUCH = 0, 1
VOICE_NS, TOUCH_NS = 20_000_000, 1_000_000  # 50 and 1,000 tokens a second

torch.manual_seed(0)
layer = DARAttention(dim=64, heads=4, block_size=32, query_block_size=1, top_k=8).eval()  # untrained here


def second(cache: DARCache, number: int) -> float:
    """Feed one second of both sensors in order of time; returns the milliseconds that a token took."""
    start = number * 1_000_000_000
    arrivals = sorted(
        [(start + i * VOICE_NS, VOICE) for i in range(50)] + [(start + i * TOUCH_NS + 1, TOUCH) for i in range(1000)]
    )
    begin = time.perf_counter()
    for time_ns, sensor in arrivals:
        token = torch.randn(1, 1, 64)
        layer.step(token, cache, time=torch.tensor([time_ns]), segment=sensor)
    return (time.perf_counter() - begin) / len(arrivals) * 1e3


with torch.inference_mode():
    cache = layer.make_cache(batch=1, segments=2, max_blocks=64)
    for number in range(3):
        print(f"second {number}: {second(cache, number):.2f} ms a token")
    cache.save("stream.safetensors")

    restored = DARCache.load("stream.safetensors")
    token, now = torch.randn(1, 1, 64), torch.tensor([3_000_000_000])
    same = torch.equal(layer.step(token, cache, time=now), layer.step(token, restored, time=now))
    print(f"goes on as before: {same}; older blocks live on as summaries")
