"""Names browsers: only words of this table ever come out, whatever was claimed."""

_LONGEST = 512
# many claim to be others as well, so the order counts
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def name_browser(user_agent: str) -> str | None:
    """Write "Firefox on Linux"; None: it is no browser that we know."""
    claimed = user_agent[:_LONGEST]
    browser, system = _find(claimed, _BROWSERS), _find(claimed, _SYSTEMS)
    return f"{browser} on {system}" if browser and system else browser


def _find(claimed: str, names: tuple[tuple[str, str], ...]) -> str | None:
    return next((name for sign, name in names if sign in claimed), None)
