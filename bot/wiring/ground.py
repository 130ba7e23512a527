"""The ground of every process: clock, Redis, own address."""

from datetime import UTC, datetime

from bot.runtime.embedded_valkey import recorded_url
from config.settings import Settings

_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - to listen on


def now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def redis_url(settings: Settings) -> str:
    """Find Redis: the one that is set, or the embedded one that `./run` has started."""
    if settings.redis_url:
        return settings.redis_url.get_secret_value()
    return recorded_url(settings.data_dir / "valkey")


def local_host(settings: Settings) -> str:
    """Name the address at which this machine's own programs reach the web process."""
    host = _ANY_ADDRESS.get(settings.host, settings.host)
    return f"[{host}]" if ":" in host else host


def local_origin(settings: Settings) -> str:
    """Say where this machine's own programs reach the web process."""
    return f"http://{local_host(settings)}:{settings.port}"
