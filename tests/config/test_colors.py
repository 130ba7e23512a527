"""Colours that can be told apart and read."""

import pytest

from bot.wiring.settings import read_settings
from channels.webchat.variables import WebChatVariables
from config.colors import BLACK, DARK_SURFACE, INK, WHITE, contrast, lightened_for, text_on
from config.settings import SettingsError


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21), ("#ffffff", "#ffffff", 1), ("#767676", "#ffffff", 4.54)],
)
def test_contrast_is_as_wcag_has_it(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(one, other) == contrast(other, one)


@pytest.mark.parametrize(
    ("color", "text"), [("#0e6b58", WHITE), ("#46bfa0", INK), ("#ff0000", BLACK), ("#ffffff", INK)]
)
def test_text_is_white_where_that_can_be_read(color: str, text: str) -> None:
    assert text_on(color) == text


@pytest.mark.parametrize("grey", range(0, 256, 5))
def test_text_on_any_colour_can_be_read(grey: int) -> None:
    color = f"#{grey:02x}{grey:02x}{grey:02x}"
    assert contrast(text_on(color), color) >= 4.5
    assert contrast(lightened_for(DARK_SURFACE, color), DARK_SURFACE) >= 4.5


def test_an_accent_that_is_lost_on_white_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBCHAT_COLOR", "#ffee00")
    with pytest.raises(SettingsError, match="WEBCHAT_COLOR"):
        read_settings()
    monkeypatch.setenv("WEBCHAT_COLOR", "#0E6B58")
    assert read_settings().of(WebChatVariables).webchat_color == "#0e6b58"
