from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from core_parts import Frames
from shared_parts import NodeActor, Scale, in_thread, pixels

from wugan import BatchConfig, Encoder, Packet, Pipeline
from wugan.errors import PipelineError, RuntimeFailure
from wugan.runtime import encoders as shared_encoder
from wugan.runtime.encoders import EncoderService, SharedEncoder, described
from wugan.runtime.node.batching import CalledOff

CONFIG = BatchConfig(max_size=8, max_wait="0ms", shared="scale")


def packets(*values: float) -> list[Packet[np.ndarray]]:
    return [Packet(np.full(3, value), seq, stream="in", seq=seq) for seq, value in enumerate(values)]


def firsts(outputs: list[np.ndarray]) -> list[float]:
    return [float(output[0]) for output in outputs]


def notes(folder: Path) -> list[str]:
    file = folder / "notes"
    return [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []


def sizes(folder: Path) -> list[int]:
    lines = (folder / "notes").read_text().splitlines()
    return [int(line.split()[1]) for line in lines if line.startswith("encode")]


@pytest.fixture
def proxy(tmp_path):
    """Users of one shared encoder in this process; all are closed at the end, and so must the encoder be."""
    made: list[SharedEncoder] = []

    def make(node: str, component: Encoder | None = None, config: BatchConfig = CONFIG) -> SharedEncoder:
        user = SharedEncoder(node, component or Scale(str(tmp_path)), config)
        made.append(user)
        user.warm_up()
        return user

    yield make
    for user in made:
        user.close()
    assert shared_encoder._SERVICES == {}


def test_one_encoder_is_loaded_for_all_and_closed_when_the_last_has_left(proxy, tmp_path):
    first, second = proxy("first"), proxy("second")
    assert firsts(first.encode(packets(1, 2))) == [2, 4]
    first.close()
    assert firsts(second.encode(packets(3))) == [6]
    assert notes(tmp_path) == ["warm", "encode", "encode"]
    second.close()
    second.close()
    assert notes(tmp_path)[-1] == "closed"
    third = proxy("third")
    assert firsts(third.encode(packets(5))) == [10] and notes(tmp_path).count("warm") == 2


def test_what_several_ask_for_goes_into_one_batch_and_each_gets_its_own(proxy, tmp_path, eventually):
    users = [proxy(f"user-{n}", Scale(str(tmp_path), gated=True)) for n in range(4)]
    held, first = in_thread(users[0].encode, packets(0))
    eventually(lambda: sizes(tmp_path) == [1])
    asked = [in_thread(users[n].encode, packets(*range(n * 10, n * 10 + n + 1))) for n in (1, 2, 3)]  # 2 + 3 + 4
    service = shared_encoder._SERVICES["scale"]
    eventually(lambda: len(service._items) == 9)
    (tmp_path / "go").touch()
    for thread, _ in [(held, first), *asked]:
        thread.join(30)
    assert sizes(tmp_path) == [1, 8, 1]  # full, however the requests lie in it
    for n, (_, results) in zip((1, 2, 3), asked, strict=True):
        assert firsts(results[0]) == [2.0 * value for value in range(n * 10, n * 10 + n + 1)]
    assert (service.batches, service.batched) == (3, 10)


def test_one_users_bad_packet_costs_the_others_nothing(proxy, tmp_path, eventually):
    users = [proxy(f"user-{n}", Scale(str(tmp_path), gated=True)) for n in range(3)]
    held, _ = in_thread(users[0].encode, packets(0))
    eventually(lambda: sizes(tmp_path) == [1])
    good, bad = in_thread(users[1].encode, packets(1, 2)), in_thread(users[2].encode, packets(3, 13))
    eventually(lambda: len(shared_encoder._SERVICES["scale"]._items) == 4)
    (tmp_path / "go").touch()
    for thread, _ in (good, bad):
        thread.join(30)
    held.join(30)
    assert firsts(good[1][0]) == [2, 4]
    assert isinstance(bad[1][0], ValueError) and str(bad[1][0]) == "thirteen"
    assert firsts(users[2].encode(packets(4))) == [8]


def test_an_encoder_that_exits_does_not_take_the_service_with_it(proxy, tmp_path):
    class Exits(Scale):
        def encode(self, batch):
            if 1 in batch[0].data:
                raise SystemExit("bye")
            return super().encode(batch)

    user = proxy("user", Exits(str(tmp_path)))
    with pytest.raises(RuntimeError, match="SystemExit: bye"):
        user.encode(packets(1))
    assert firsts(user.encode(packets(2))) == [4]


def test_a_service_waits_for_more_until_it_is_full_or_all_have_asked(proxy, tmp_path, eventually):
    """With a wait of an hour, nothing else can be the reason that it goes on."""
    config = BatchConfig(max_size=3, max_wait="60min", shared="scale")
    first, second, third = (proxy(node, config=config) for node in ("first", "second", "third"))
    one = in_thread(first.encode, packets(1))
    eventually(lambda: len(shared_encoder._SERVICES["scale"]._items) == 1)
    two = in_thread(second.encode, packets(2, 3))
    for thread, _ in (one, two):
        thread.join(30)
    assert sizes(tmp_path) == [3]
    assert firsts(one[1][0]) == [2] and firsts(two[1][0]) == [4, 6]
    one, two = in_thread(first.encode, packets(4)), in_thread(second.encode, packets(5))
    eventually(lambda: len(shared_encoder._SERVICES["scale"]._items) == 2)
    third.close()  # now nobody else can ask
    for thread, _ in (one, two):
        thread.join(30)
    assert sizes(tmp_path) == [3, 2] and firsts(one[1][0]) == [8]
    second.close()
    assert firsts(first.encode(packets(6))) == [12]


def test_an_interruption_calls_off_what_has_not_begun_and_nobody_elses(proxy, tmp_path, eventually):
    users = [proxy(f"user-{n}", Scale(str(tmp_path), gated=True)) for n in range(3)]
    held, begun = in_thread(users[0].encode, packets(0))
    eventually(lambda: sizes(tmp_path) == [1])
    off, on = in_thread(users[1].encode, packets(1)), in_thread(users[2].encode, packets(2))
    eventually(lambda: len(shared_encoder._SERVICES["scale"]._items) == 2)
    users[1].interrupt()
    users[0].interrupt()  # too late: it is under way
    off[0].join(30)
    assert isinstance(off[1][0], CalledOff)
    (tmp_path / "go").touch()
    for thread in (held, on[0]):
        thread.join(30)
    assert firsts(begun[0]) == [0] and firsts(on[1][0]) == [4]
    assert sizes(tmp_path) == [1, 1]


def test_another_encoder_or_other_settings_under_the_same_name_are_refused(proxy, tmp_path):
    proxy("first")
    other = SharedEncoder("second", Scale(str(tmp_path), factor=3.0), CONFIG)
    with pytest.raises(PipelineError, match=r"'scale' is .*Scale\(.*factor=2.0.*node 'second' gives .*factor=3.0"):
        other.warm_up()
    slower = SharedEncoder("third", Scale(str(tmp_path)), BatchConfig(max_wait="20ms", shared="scale"))
    with pytest.raises(PipelineError, match="max_wait '0ms', but node 'third' gives .*max_wait '20ms'"):
        slower.warm_up()
    assert proxy("fourth", config=CONFIG.model_copy(update={"shared": "other"})) is not None


def test_a_pipeline_whose_nodes_mean_different_encoders_by_one_name_is_refused_before_it_runs(tmp_path):
    p = Pipeline("two-minds")
    arrays = p.stage(lambda frame: frame.pixels, p.source(Frames(1)), name="arrays")
    p.stage(Scale("x"), arrays, name="one", batch=CONFIG)
    p.stage(Scale("x"), arrays, name="two", batch=CONFIG)
    p.validate()
    p.stage(Scale("x", factor=3.0), arrays, name="three", batch=CONFIG)
    with pytest.raises(PipelineError, match=r"'scale' is .*factor=2.0.*, but node 'three' gives .*factor=3.0"):
        p.run()


def test_the_same_encoder_is_known_by_class_and_parameters_not_by_where_it_lies(tmp_path):
    class Holds(Encoder[object, object]):
        def __init__(self, thing: object) -> None:
            self.thing = thing

    class Thing: ...

    assert described(Holds(Thing()), CONFIG) == described(Holds(Thing()), CONFIG)
    assert described(Holds(1), CONFIG) != described(Holds(2), CONFIG)
    assert described(Scale("a"), CONFIG) != described(Scale("b"), CONFIG)


def test_an_encoder_that_cannot_start_is_told_to_each_and_tried_again(tmp_path):
    class NoModel(Scale):
        def warm_up(self):
            super().warm_up()
            raise FileNotFoundError("weights")

    for node in ("first", "second"):
        with pytest.raises(FileNotFoundError, match="weights"):
            SharedEncoder(node, NoModel(str(tmp_path)), CONFIG).warm_up()
    assert notes(tmp_path) == ["warm", "warm"] and shared_encoder._SERVICES == {}


def test_a_closed_service_answers_what_it_did_not_begin(tmp_path, eventually):
    service = EncoderService("scale", Scale(str(tmp_path), gated=True), BatchConfig(max_size=1, max_wait=0))
    service.warm_up()
    begun, waits = service.submit(packets(1)), service.submit(packets(2))
    eventually(lambda: sizes(tmp_path) == [1])
    closing, _ = in_thread(service.close)
    (tmp_path / "go").touch()
    closing.join(30)
    assert firsts(begun.result(10)) == [2] and waits.cancelled()
    with pytest.raises(RuntimeFailure, match="'scale' is closed"):
        service.submit(packets(3))


def test_two_pipelines_of_one_process_share_an_encoder(tmp_path, eventually):
    """One waits at the gate; what the two ask for meanwhile is encoded together."""

    def pipeline(name: str, count: int) -> tuple[Pipeline, list[float]]:
        p = Pipeline(name)
        got: list[float] = []
        arrays = p.stage(lambda frame: frame.pixels, p.source(Frames(count)), name="arrays")
        node = p.stage(
            Scale(str(tmp_path), gated=True),
            arrays,
            name="scale",
            batch=BatchConfig(max_size=64, max_wait="0ms", shared="s"),
        )
        p.sink(lambda packet: got.append(float(packet.data[0])), node)
        return p, got

    (one, ones), (two, twos) = pipeline("one", 9), pipeline("two", 12)
    with one.run() as first, two.run() as second:
        eventually(lambda: (tmp_path / "notes").exists() and sizes(tmp_path))
        (tmp_path / "go").touch()
        assert first.wait(timeout=30) and second.wait(timeout=30)
    assert ones == [2.0 * n for n in range(9)] and twos == [2.0 * n for n in range(12)]
    assert notes(tmp_path).count("warm") == notes(tmp_path).count("closed") == 1
    assert sum(sizes(tmp_path)) == 21 and shared_encoder._SERVICES == {}


def test_interrupt_and_cancel_of_a_pipeline_reach_its_shared_encoder(proxy, tmp_path, eventually):
    """Somebody else keeps the encoder busy, so that nothing of the pipeline's has begun."""
    scale, config = Scale(str(tmp_path), gated=True), BatchConfig(max_size=4, max_wait="0ms", shared="scale")
    busy, others = in_thread(proxy("other", scale, config).encode, packets(1))
    eventually(lambda: sizes(tmp_path) == [1])
    p = Pipeline("gated")
    arrays = p.stage(lambda frame: frame.pixels, p.source(Frames(12)), name="arrays")
    for name in ("a", "b"):
        p.stage(scale, arrays, name=name, batch=config)
    service = shared_encoder._SERVICES["scale"]
    for end in ("interrupt", "cancel"):
        with p.run() as running:
            eventually(lambda: all(running.stats()[name]["links"]["arrays"]["in"] == 12 for name in "ab"))
            eventually(lambda: len({id(item.request) for item in list(service._items)}) == 2)
            getattr(running, end)()
            assert running.wait(timeout=30)
            stats = running.stats()
        for name in "ab":
            flushed = 12 if end == "interrupt" else stats[name]["links"]["arrays"]["out"]
            assert (stats[name]["flushed"], stats[name]["handled"], stats[name]["failed"]) == (flushed, 0, 0)
        service._items.clear()  # what was called off lies there until the encoder comes to it
    (tmp_path / "go").touch()
    busy.join(30)
    assert firsts(others[0]) == [2] and sizes(tmp_path) == [1]


@pytest.fixture
def ray_user(ray_session, tmp_path):
    """Makes actors that share an encoder by the name of this test's folder; all are killed at the end."""
    import ray

    made = []

    def make(node: str, component: Encoder | None = None, config: BatchConfig | None = None):
        component = component or Scale(str(tmp_path))
        config = config or BatchConfig(max_wait=0, shared=tmp_path.name)
        options = ray.remote(NodeActor).options(num_cpus=0, max_concurrency=4)
        actor = options.remote(node, component, config)
        made.append(actor)
        ray.get(actor.warm_up.remote())
        return actor

    yield make
    for actor in made:
        ray.kill(actor)


def actor_of(tmp_path: Path):
    import ray

    return ray.get_actor(f"encoder-{tmp_path.name}", namespace="wugan")


def is_gone(tmp_path: Path) -> bool:
    try:
        actor_of(tmp_path)
    except ValueError:
        return True
    return False


def warm_pids(tmp_path: Path) -> list[int]:
    lines = (tmp_path / "notes").read_text().splitlines()
    return [int(line.split()[1]) for line in lines if line.startswith("warm")]


def test_actors_share_one_actor_which_ends_with_the_last(ray_user, tmp_path, eventually: Callable[..., None]):
    import ray

    first, second = ray_user("first"), ray_user("second")
    assert ray.get([first.encode.remote(1, 2), second.encode.remote(3)]) == [[2, 4], [6]]
    assert ray.get(second.encode_large.remote(1_000_000))
    assert len(warm_pids(tmp_path)) == 1
    assert warm_pids(tmp_path)[0] not in ray.get([first.pid.remote(), second.pid.remote()])
    with pytest.raises(PipelineError, match="but node 'third' gives .*factor=3.0"):
        ray_user("third", Scale(str(tmp_path), factor=3.0))
    with pytest.raises(ValueError, match="thirteen"):
        ray.get(first.encode.remote(13))
    ray.get(first.close.remote())
    assert ray.get(second.encode.remote(5)) == [10]
    assert ray.get(actor_of(tmp_path).stats.remote())["users"] == 1
    ray.get(second.close.remote())
    eventually(lambda: is_gone(tmp_path))
    assert notes(tmp_path)[-1] == "closed"
    assert ray.get(ray_user("fourth").encode.remote(7)) == [14]


def test_users_that_were_killed_are_not_waited_for(ray_user, tmp_path, eventually: Callable[..., None]):
    import ray

    user = ray_user("user")
    assert ray.get(user.encode.remote(1)) == [2]
    os.kill(ray.get(user.pid.remote()), signal.SIGKILL)
    eventually(lambda: is_gone(tmp_path))
    assert notes(tmp_path)[-1] == "closed"


@pytest.mark.slow
def test_a_shared_actor_that_dies_is_made_again_and_asked_again(ray_user, tmp_path):
    import ray

    first, second = ray_user("first"), ray_user("second")
    assert ray.get(first.encode.remote(1, 99)) == [2, 198]  # dies over it, is spared in its second life
    assert ray.get(second.encode.remote(3)) == [6]
    assert len(set(warm_pids(tmp_path))) == 2
    assert ray.get(actor_of(tmp_path).stats.remote())["users"] == 2


def test_on_ray_too_an_interruption_calls_off_what_has_not_begun(ray_user, tmp_path, eventually: Callable[..., None]):
    import ray

    config = BatchConfig(max_wait=0, shared=tmp_path.name)
    first, second = (ray_user(node, Scale(str(tmp_path), gated=True), config) for node in ("first", "second"))
    begun = first.encode.remote(1)
    eventually(lambda: notes(tmp_path)[-1] == "encode")
    waits = second.encode.remote(2)
    done: list = []
    while not done:  # until it has arrived there, there is nothing to call off
        ray.get([first.interrupt.remote(), second.interrupt.remote()])
        done, _ = ray.wait([waits], timeout=0.05)
    with pytest.raises(CalledOff):
        ray.get(waits)
    (tmp_path / "go").touch()
    assert ray.get(begun) == [2] and sizes(tmp_path) == [1]


@pytest.mark.slow
def test_pipelines_on_ray_share_one_actor(ray_session, tmp_path, eventually: Callable[..., None]):
    config = BatchConfig(max_size=16, max_wait="2ms", shared=tmp_path.name)

    def pipeline(name: str, count: int) -> tuple[Pipeline, list[float]]:
        p = Pipeline(name)
        got: list[float] = []
        arrays = p.stage(pixels, p.source(Frames(count, size=20_000)), name="arrays")
        node = p.stage(Scale(str(tmp_path), gated=True), arrays, name="scale", batch=config)
        p.sink(lambda packet: got.append(float(packet.data[0])), node)
        return p, got

    (one, ones), (two, twos) = pipeline("one", 9), pipeline("two", 12)
    with one.run("ray") as first, two.run("ray") as second:
        eventually(lambda: first.stats()["scale"]["links"]["arrays"]["in"] == 9)
        eventually(lambda: second.stats()["scale"]["links"]["arrays"]["in"] == 12)
        (tmp_path / "go").touch()
        assert first.wait(timeout=60) and second.wait(timeout=60)
        stats = [running.stats()["scale"] for running in (first, second)]
    assert ones == [2.0 * n for n in range(9)] and twos == [2.0 * n for n in range(12)]
    assert [node["handled"] for node in stats] == [9, 12]
    assert len(warm_pids(tmp_path)) == 1 and sum(sizes(tmp_path)) == 21 and len(sizes(tmp_path)) < 21
    eventually(lambda: is_gone(tmp_path))
