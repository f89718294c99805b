"""`benchmarks/runtime/hops.py` and what its peers share, without the peers."""

from __future__ import annotations

import itertools
import json
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "runtime"


@pytest.fixture(autouse=True)
def hops_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in (FOLDER, FOLDER / "peers"):
        monkeypatch.syspath_prepend(str(folder))
    for name in ("hops", "work"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def report(seqs: list[int], period_s: float = 0.5) -> dict[str, list[float]]:
    return {
        "seq": seqs,
        "age_ms": [float(seq) for seq in seqs],
        "at_s": [place * period_s for place in range(len(seqs))],
    }


def peer(tmp_path: Path, source: str) -> Path:
    script = tmp_path / "peer.py"
    script.write_text(source)
    return script


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300), st.integers(1, 100))
def test_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values: list[float], percent: int) -> None:
    from hops import percentile

    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


def test_figures_leave_out_the_first_tenth_and_count_what_is_lost() -> None:
    from hops import Figures

    figures = Figures()
    figures.add("latency", 30, report(list(range(20))))
    figures.add("throughput", 20, report(list(range(20))))
    row = figures.row()
    assert figures.ages_ms == list(range(2, 20))
    assert row["p50_ms"] == 10
    assert row["per_s"] == pytest.approx(2)
    assert (row["sent"], row["lost"]) == (50, 10)


def test_figures_pool_the_ages_of_all_rounds() -> None:
    from hops import Figures

    figures = Figures()
    for offset in (0, 100):
        figures.add("latency", 10, report(list(range(offset, offset + 10))))
    assert len(figures.ages_ms) == 18
    assert figures.row()["p50_ms_of_rounds"] == [5, 105]


def test_a_run_in_which_nothing_arrives_is_a_failure() -> None:
    from hops import Figures, PeerFailed

    with pytest.raises(PeerFailed, match="1 of 30 payloads arrived"):
        Figures().add("latency", 30, report([0]))


def test_a_row_has_ratios_to_wugan_where_both_have_the_figure() -> None:
    from hops import CASES, Figures, rows

    ours, theirs = Figures(), Figures()
    ours.add("latency", 20, report([2] * 20))
    ours.add("throughput", 20, report(list(range(20)), period_s=0.1))
    theirs.add("latency", 20, report([6] * 20))
    mine, other = rows(CASES[0], {"wugan": ours, "dora-rs": theirs})
    assert other["p50_ms_ratio"] == 3
    assert "per_s_ratio" not in other
    assert not any(key.endswith("_ratio") for key in mine)


def test_a_peer_that_fails_stays_in_the_table_with_its_reason(tmp_path: Path) -> None:
    from hops import CASES, Figures, PeerFailed, rows, run, table

    figures = Figures()
    with pytest.raises(PeerFailed) as failure:
        run(Path(sys.executable), peer(tmp_path, "raise SystemExit('no daemon here')"), [])
    figures.errors.append(str(failure.value))
    text = table(CASES[0], rows(CASES[0], {"wugan": Figures(), "dora-rs": figures}))
    assert "dora-rs" in text
    assert "did not run: ended with 1: no daemon here" in text


@pytest.mark.parametrize(
    ("source", "reason"),
    [("print('hello')", "printed no report: hello"), ("import time\ntime.sleep(60)", "was not done after 0.2 s")],
)
def test_a_peer_without_a_report_says_what_happened(tmp_path: Path, source: str, reason: str) -> None:
    from hops import PeerFailed, run

    with pytest.raises(PeerFailed, match=reason):
        run(Path(sys.executable), peer(tmp_path, source), [], timeout_s=0.2 if "sleep" in source else 60)


def test_an_environment_that_cannot_be_made_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hops

    monkeypatch.setattr(hops.shutil, "which", lambda name: None)
    monkeypatch.setattr(hops.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(hops.PeerFailed, match="pip install uv"):
        hops.environment(hops.PEERS["dora-rs"], tmp_path)


def test_every_peer_has_its_script_and_pins_its_package() -> None:
    from hops import HERE, PEERS

    for found in PEERS.values():
        assert (HERE / "peers" / f"{found.script}.py").is_file()
        assert found.version != "?"


def test_a_peer_gets_arguments_that_it_reads_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from hops import CASES, WINDOW
    from work import Work

    case = CASES[1]
    monkeypatch.setattr(sys, "argv", ["peer", *case.command("throughput", 0.5)])
    assert Work.from_command_line() == Work(case.size, case.throughput // 2, "throughput", case.rate, WINDOW)


@given(st.lists(st.floats(0, 0.1), min_size=1, max_size=50))
def test_pace_never_makes_up_for_a_delay_by_a_burst(delays: list[float]) -> None:
    import work

    now = 100.0
    asked = work.Work(64, len(delays), "latency", rate=50.0, window=8)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(work.time, "monotonic", lambda: now)
        sent = []
        for (_, due), delay in zip(asked.due(), delays, strict=True):
            now = max(now, due) + delay  # the source sleeps until then and is late by so much
            sent.append(due)
    gaps = [after - before for before, after in itertools.pairwise(sent)]
    assert all(gap >= 0.02 - 1e-9 for gap in gaps)
    assert all(gap <= max(0.02, delay) + 1e-9 for gap, delay in zip(gaps, delays, strict=False))


def test_arrival_reads_what_the_payload_was_stamped_with() -> None:
    from work import Arrivals, arrival, payload

    made = payload(4096, 7)
    assert made.shape == (4096,)
    assert made.dtype == np.uint8
    row = arrival(made)
    assert row[0] == 7
    assert row[1] <= row[2]
    said = json.loads(Arrivals([row, (9, 1_000_000, 3_000_000)]).report())
    assert said["seq"] == [7, 9]
    assert said["age_ms"][1] == 2


def test_window_lets_no_more_through_than_it_has_places(tmp_path: Path) -> None:
    from work import Window

    near = Window(Window.make(tmp_path / "window"))
    far = Window(tmp_path / "window")
    far.leave(3)
    for _ in range(3):
        near.enter()
    assert near.free() == 0
    entered = threading.Event()
    waiting = threading.Thread(target=lambda: (near.enter(), entered.set()))
    waiting.start()
    assert not entered.wait(0.1)
    far.leave()
    waiting.join()
    assert entered.is_set()


def test_window_goes_on_when_what_holds_its_places_is_lost(tmp_path: Path) -> None:
    from work import Window

    window = Window(Window.make(tmp_path / "window"))
    window.enter(timeout=0.01)
    window.leave()
    assert window.free() == 1
