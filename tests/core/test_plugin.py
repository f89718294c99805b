from __future__ import annotations

import textwrap

import pytest

from wugan import plugin
from wugan.errors import PluginError
from wugan.sync import Approximate


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Packages as pip leaves them: modules and metadata with entry points."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def made(package: str, code: str, group: str, **entries: str) -> None:
        (tmp_path / f"{package}.py").write_text(textwrap.dedent(code))
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = "".join(f"{name.replace('_', '-')} = {target}\n" for name, target in entries.items())
        (info / "entry_points.txt").write_text(f"[{group}]\n{lines}")
        plugin.plugins.cache_clear()

    yield made
    plugin.plugins.cache_clear()


def test_a_third_partys_plugin_is_found_like_our_own(install):
    install("thermal_one", "class Camera: ...", "wugan.sources", thermal_camera="thermal_one:Camera")
    found = plugin.find("thermal-camera")
    assert (found.group, found.package, found.target) == ("wugan.sources", "thermal_one", "thermal_one:Camera")
    camera = plugin.resolve("thermal-camera")
    assert camera.__name__ == "Camera" and plugin.reference(camera) == "thermal-camera"
    assert found in plugin.plugins("wugan.sources") and found not in plugin.plugins("wugan.sinks")
    assert plugin.resolve("approximate") is Approximate


def test_an_unknown_name_gets_the_nearest_and_the_list():
    with pytest.raises(PluginError, match=r"no plugin is called 'aproximate'\. Did you mean 'approximate'\?.*latest"):
        plugin.find("aproximate", "wugan.syncs")
    with pytest.raises(PluginError, match=r"no plugin is called 'zzzz'\. `wugan plugins` lists them"):
        plugin.find("zzzz", "wugan.syncs")


def test_a_plugin_that_breaks_at_import_is_listed_and_named(install):
    install("broken_two", "raise ValueError('no licence')", "wugan.sinks", broken="broken_two:Sink")
    install("missing_two", "", "wugan.sinks", missing="missing_two:Sink")
    assert {"broken", "missing"} <= {found.name for found in plugin.plugins("wugan.sinks")}
    with pytest.raises(PluginError, match=r"'broken' of package broken_two \(broken_two:Sink\).*no licence"):
        plugin.resolve("broken")
    with pytest.raises(PluginError, match=r"'missing' of package missing_two.*AttributeError.*Reinstall or update"):
        plugin.resolve("missing")


def test_two_packages_with_one_name_are_both_named(install):
    install("first_three", "class Echo: ...", "wugan.sinks", echo="first_three:Echo")
    install("second_three", "class Echo: ...", "wugan.stages", echo="second_three:Echo")
    with pytest.raises(PluginError, match=r"more than once: by first_three .*second_three .*Uninstall all but one"):
        plugin.resolve("echo")


def test_a_class_of_the_same_name_elsewhere_is_not_taken_for_the_plugin(install):
    install("pack_four", "class Echo: ...", "wugan.sinks", echo4="pack_four:Echo")
    import pack_four

    other = type("Echo", (), {"__module__": "pack_four.extras"})
    assert plugin.reference(pack_four.Echo) == "echo4"
    assert plugin.reference(other) == "pack_four.extras:Echo"


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("no_such_module:x", "'no_such_module:x' cannot be imported: ModuleNotFoundError"),
        ("json:no_such", "AttributeError"),
        ("__main__:Mine", "What a script defines has no name elsewhere: move it to a module"),
    ],
)
def test_a_path_that_leads_nowhere(path, complaint):
    with pytest.raises(PluginError, match=complaint):
        plugin.resolve(path)


def test_a_path_may_lead_into_a_class():
    assert plugin.resolve("json:JSONDecoder.decode").__name__ == "decode"


def test_what_has_no_name_cannot_be_written():
    def local():
        pass

    for nameless in (lambda: None, local):
        with pytest.raises(PluginError, match="define it at the top level of a module"):
            plugin.reference(nameless)
    assert plugin.reference(print) == "print"
