"""Preferences survive restarts, damage, and other versions."""

import json

import pytest
from pydantic import ValidationError

from labeler.session.preferences import (
    Preferences,
    read_preferences,
    settings_file,
    write_preferences,
)


def put(text):
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_bytes(text if isinstance(text, bytes) else text.encode())


def test_defaults(home):
    assert read_preferences() == Preferences()
    assert settings_file().is_relative_to(home / "config")
    assert not settings_file().exists()


def test_round_trip():
    preferences = Preferences(
        theme="dark", author="ünï", memory_mb=500, keys={"success": ["S", "Ctrl+S"]}
    )
    write_preferences(preferences)
    assert read_preferences() == preferences
    assert json.loads(settings_file().read_text()).keys() == {
        "theme", "author", "memory_mb", "keys",
    }  # fmt: skip
    write_preferences(Preferences())
    assert read_preferences() == Preferences()


def test_they_cannot_be_changed_in_place():
    with pytest.raises(ValidationError):
        Preferences().theme = "dark"


@pytest.mark.parametrize("text", [b"{", b"[]", b"null x", b"\xff\xfe", b"[" * 100_000, b'"x"'])
def test_a_damaged_file_is_kept_aside(text):
    put(text)
    found = read_preferences()
    assert found.theme == "system" and found.author == ""
    (aside,) = settings_file().parent.glob("*.damaged-*")
    assert aside.read_bytes() == text and aside.name in found.notice
    write_preferences(Preferences(theme="light"))
    assert read_preferences() == Preferences(theme="light")


def test_a_folder_in_its_place():
    settings_file().mkdir(parents=True)
    assert read_preferences().notice


def test_wrong_values_give_way_alone():
    put('{"theme": "pink", "author": "me", "memory_mb": "much", "auto_advance": false}')
    found = read_preferences()
    assert (found.theme, found.author, found.memory_mb) == ("system", "me", None)
    assert not found.auto_advance
    assert "memory_mb, theme" in found.notice


def test_settings_of_a_newer_version_stay():
    put('{"theme": "dark", "sound": true}')
    write_preferences(read_preferences().model_copy(update={"author": "me"}))
    assert json.loads(settings_file().read_text()) == {
        "theme": "dark", "author": "me", "sound": True,
    }  # fmt: skip


def test_the_notice_is_not_a_setting():
    put('{"notice": "hello", "theme": "dark"}')
    assert read_preferences() == Preferences(theme="dark")
    write_preferences(Preferences(notice="something"))
    assert read_preferences().notice == ""
