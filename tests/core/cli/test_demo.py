"""`wugan demo`: what each demonstration left, what was passed over and why, and what is not whole."""

from __future__ import annotations

import base64
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wugan.cli import demo as command
from wugan.cli.main import cli
from wugan.demo import Shown, embedded_picture, missing_extras
from wugan.errors import DataError
from wugan.plugin import Plugin


def whole(folder: Path, runtime: str) -> Shown:
    """One that works."""
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("page")
    return Shown(folder / "index.html", folder / "a.png", "a recording", "", {"turns": f"3 on {runtime}"})


def without_model(folder: Path, runtime: str) -> Shown:
    """One whose page lacks something."""
    shown = whole(folder, runtime)
    return Shown(shown.page, shown.picture, shown.real, "a voice", problem="no emotion in <any> turn")


def broken(folder: Path, runtime: str) -> Shown:
    """One that fails."""
    raise DataError("stage 'mood' lost 4 packets")


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *names: str, extra: str = "") -> tuple[int, str, str]:
    """Run the demonstrations of that name as the only ones; gives exit code, output and index."""
    found = {
        name: Plugin("wugan.demos", name, f"{__name__}:{name}", "wugan", EntryPoint(name, f"here:{name}{extra}", "g"))
        for name in names
    }
    for name, plugin in found.items():
        monkeypatch.setattr(Plugin, "load", lambda self: globals()[self.name], raising=True)
        assert plugin.name == name
    monkeypatch.setattr(command, "plugins", lambda group: tuple(found.values()))
    done = CliRunner().invoke(cli, ["demo", "--out", str(folder), "--runtime", "local"])
    index = folder / "index.html"
    return done.exit_code, " ".join(done.output.split()), index.read_text() if index.exists() else ""


def test_the_index_shows_picture_origin_and_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, index = run(monkeypatch, tmp_path, "whole")
    assert code == 0
    assert 'href="whole/index.html"' in index and 'src="whole/a.png"' in index
    assert "Real input: a recording." in index and "Made up: nothing." in index and "3 on local" in index


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("without_model", "no emotion in &lt;any&gt; turn"),
        ("broken", "stage &#x27;mood&#x27; lost 4 packets"),
    ],
)
def test_what_is_not_whole_is_red_and_fails(
    name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output, index = run(monkeypatch, tmp_path, "whole", name)
    assert code == 1 and f"Not whole: {name}." in output
    assert f'<p class="bad">{"It failed: " if name == "broken" else ""}{said}</p>' in index
    assert 'href="whole/index.html"' in index  # the others still ran


def test_what_lacks_an_extra_is_passed_over_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wugan.demo.requires", lambda package: ['no-such-library>=1; extra == "telepathy"'])
    code, output, index = run(monkeypatch, tmp_path, "whole", extra=" [telepathy]")
    assert code == 0 and "whole: passed over, needs pip install 'wugan[telepathy]'" in output
    assert "It needs the extra telepathy" not in output and "it needs the extra telepathy" in index


def test_an_extra_that_is_installed_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = Plugin("wugan.demos", "x", "y:z", "wugan", EntryPoint("x", "y:z [a,b]", "g"))
    monkeypatch.setattr(
        "wugan.demo.requires",
        lambda package: [
            'pytest; extra == "a"',
            'no-such-library; extra == "b"',
            "numpy",
            'ruff; python_version > "3"',
        ],
    )
    assert missing_extras(plugin) == ["b"]


def test_the_picture_of_a_page_is_the_first_that_it_embeds(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(f'<img src="data:image/png;base64,{base64.b64encode(b"first").decode()}"><img src="b.png">')
    assert embedded_picture(page).read_bytes() == b"first"
    page.write_text("<p>none</p>")
    with pytest.raises(DataError, match="holds no picture"):
        embedded_picture(page)
