from __future__ import annotations

from pathlib import Path

import pytest

from wugan.apps.diagnosis.dicom.inbox import Inbox, InboxFull
from wugan.errors import DataError


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def image(tmp_path: Path):
    def make(size: int = 100) -> Path:
        path = tmp_path / "incoming.tmp"
        path.write_bytes(b"x" * size)
        return path

    return make


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_study_is_taken_once_it_was_quiet(tmp_path, clock, image):
    inbox = Inbox(tmp_path / "in", clock=clock)
    inbox.store("1.2", "1.2.1", image(), "CT1")
    clock.now = 5
    inbox.store("1.2", "1.2.2", image(), "CT1")
    clock.now = 14
    assert inbox.take(10) is None
    clock.now = 15
    study = inbox.take(10)
    assert study is not None and (study.uid, study.images, study.senders) == ("1.2", 2, ("CT1",))
    assert names(study.folder / "ct") == ["1.2.1.dcm", "1.2.2.dcm"]
    assert names(study.results) == []
    assert inbox.take(0) is None, "nobody takes it twice"


def test_studies_that_arrive_together_stay_apart(tmp_path, clock, image):
    inbox = Inbox(tmp_path / "in", clock=clock)
    for number in range(3):
        for study in ("1.1", "1.2"):
            inbox.store(study, f"{study}.{number}", image(), "A")
    found = {study.uid: names(study.folder / "ct") for study in (inbox.take(0), inbox.take(0)) if study}
    assert found == {s: [f"{s}.{n}.dcm" for n in range(3)] for s in ("1.1", "1.2")}


def test_an_image_that_comes_late_has_the_whole_study_looked_at_again(tmp_path, clock, image):
    inbox = Inbox(tmp_path / "in", clock=clock)
    inbox.store("1.2", "1.2.1", image())
    study = inbox.take(0)
    assert study is not None
    (study.results / "report.dcm").touch()
    inbox.store("1.2", "1.2.2", image())  # while it is looked at
    inbox.finish("1.2", delivered=True)
    again = inbox.take(0)
    assert again is not None and again.images == 2 and names(again.results) == []
    inbox.finish("1.2", delivered=True)
    assert inbox.take(0) is None
    inbox.store("1.2", "1.2.3", image())  # after it was done
    third = inbox.take(0)
    assert third is not None and third.images == 3


def test_an_instance_sent_twice_counts_once(tmp_path, clock, image):
    inbox = Inbox(tmp_path / "in", clock=clock)
    inbox.store("1.2", "1.2.1", image(100))
    inbox.store("1.2", "1.2.1", image(60))
    study = inbox.take(0)
    assert study is not None and study.images == 1 and inbox.bytes == 60


@pytest.mark.parametrize("uid", ["../../etc", "1.2/3", "", "1" * 65, "1.2\0", "..\\x", ".", "..", "1."])
def test_what_is_no_uid_becomes_no_path(tmp_path, image, uid):
    inbox = Inbox(tmp_path / "in")
    with pytest.raises(DataError, match="is no UID"):
        inbox.store(uid, "1.2.1", image())
    with pytest.raises(DataError, match="is no UID"):
        inbox.store("1.2", uid, image())
    assert names(tmp_path / "in/studies") == []


def test_done_studies_make_room_and_others_do_not(tmp_path, clock, image):
    inbox = Inbox(tmp_path / "in", most_bytes=250, clock=clock)
    inbox.store("1.1", "1.1.1", image())
    assert inbox.take(0) is not None
    inbox.store("1.2", "1.2.1", image())
    with pytest.raises(InboxFull):
        inbox.store("1.3", "1.3.1", image())
    inbox.finish("1.1", delivered=True)
    inbox.store("1.3", "1.3.1", image())
    assert names(tmp_path / "in/studies") == ["1.2", "1.3"] and inbox.bytes == 200


def test_undelivered_results_stay_and_delivered_ones_go_after_a_while(tmp_path, clock, image):
    inbox = Inbox(tmp_path / "in", keep_s=60, clock=clock)
    for uid, delivered in (("1.1", True), ("1.2", False)):
        inbox.store(uid, f"{uid}.1", image())
        assert inbox.take(0) is not None
        inbox.finish(uid, delivered)
    clock.now = 61
    assert inbox.sweep() == 1 and names(tmp_path / "in/studies") == ["1.2"]
    assert inbox.unsent(60) == [("1.2", tmp_path / "in/results/1.2")]
    assert names(tmp_path / "in/results") == ["1.1", "1.2"], "results stay"
    inbox.finish("1.2", delivered=True)
    assert inbox.unsent(0) == []


def test_a_restart_finds_what_was_not_done(tmp_path, clock, image):
    first = Inbox(tmp_path / "in", clock=clock)
    for uid in ("1.1", "1.2", "1.3", "1.4"):
        first.store(uid, f"{uid}.1", image())
    for uid in ("1.1", "1.2", "1.3"):
        assert first.take(0) is not None
        if uid != "1.3":  # that one was being looked at when the program ended
            first.finish(uid, delivered=uid == "1.1")
    second = Inbox(tmp_path / "in", clock=clock)
    assert [study.uid for study in iter(lambda: second.take(0), None)] == ["1.3", "1.4"]
    assert [uid for uid, _ in second.unsent(0)] == ["1.2"]
    assert second.bytes == 400


def test_an_inbox_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="give a folder"):
        Inbox(tmp_path / "file")
