"""Named things: known without being imported, and never confused."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from netstat.errors import UsageError
from netstat.registry import Registry, unknown


@pytest.fixture
def fruit() -> Registry[int]:
    registry: Registry[int] = Registry("fruit")
    for number, name in enumerate(("apple", "apricot", "banana")):
        registry.add(name)(number)
    return registry


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry[str]]:
    """A registry that holds a module per name."""
    folder = tmp_path / "shelf_of_tests"
    folder.mkdir()
    (folder / "__init__.py").write_text("from netstat.registry import Registry\nSHELF = Registry('jar', __name__)\n")
    for name in ("honey", "salt"):
        (folder / f"{name}.py").write_text(f"from shelf_of_tests import SHELF\nSHELF.add({name!r})({name.upper()!r})\n")
    (folder / "_lid.py").write_text("raise ImportError('no name of a thing')\n")
    (folder / "notes.txt").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    import shelf_of_tests  # type: ignore[import-not-found]

    yield shelf_of_tests.SHELF
    for name in [name for name in sys.modules if name.partition(".")[0] == "shelf_of_tests"]:
        del sys.modules[name]


def test_things_keep_the_order_in_which_they_came(fruit: Registry[int]) -> None:
    assert fruit.names() == ["apple", "apricot", "banana"]
    assert list(fruit) == [0, 1, 2]


def test_a_thing_is_found_by_its_name_alone(fruit: Registry[int]) -> None:
    assert fruit["apricot"] == 1
    assert "apricot" in fruit
    assert "Apricot" not in fruit
    assert 1 not in fruit


def test_a_name_cannot_be_given_twice(fruit: Registry[int]) -> None:
    with pytest.raises(ValueError, match="fruit 'apple' is registered twice"):
        fruit.add("apple")(7)


def test_an_unknown_name_is_answered_with_the_nearest(fruit: Registry[int]) -> None:
    with pytest.raises(UsageError, match=r"^unknown fruit 'aple'; did you mean apple\?$"):
        fruit["aple"]
    with pytest.raises(UsageError, match=r"^unknown fruit 'BANANA'; did you mean banana\?$"):
        fruit["BANANA"]


def test_an_unknown_name_like_no_other_is_answered_with_all_of_them(fruit: Registry[int]) -> None:
    with pytest.raises(UsageError, match=r"^unknown fruit 'xyz'; there is apple, apricot, banana$"):
        fruit["xyz"]


def test_near_names_are_said_once_and_other_advice_can_stand_for_all_names() -> None:
    assert unknown("fruit", "aple", ["apple", "apple"]) == "unknown fruit 'aple'; did you mean apple?"
    assert unknown("fruit", "xyz", ["apple"], "see the shop") == "unknown fruit 'xyz'; see the shop"


def test_modules_of_a_package_are_named_without_being_imported(package: Registry[str]) -> None:
    assert package.names() == ["honey", "salt"]
    assert "salt" in package
    assert "shelf_of_tests.salt" not in sys.modules


def test_a_module_is_imported_when_its_thing_is_asked_for(package: Registry[str]) -> None:
    assert package["salt"] == "SALT"
    assert "shelf_of_tests.salt" in sys.modules
    assert list(package) == ["HONEY", "SALT"]


def test_a_module_without_a_public_name_holds_no_thing(package: Registry[str]) -> None:
    with pytest.raises(UsageError, match="unknown jar '_lid'; there is honey, salt"):
        package["_lid"]
