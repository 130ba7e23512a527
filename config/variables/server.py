"""The variables of the server itself."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from config.kinds import DatabaseUrl, NameServers, Origin, Proxies, RedisUrl
from config.secret_texts import LongSecrets, RotatingSecrets
from config.variables.setting import setting


class ServerVariables(BaseModel):
    """Variables of the server: addresses, storage, proxies."""

    database_url: DatabaseUrl = setting(
        None,
        "Where everything is kept. Without it: an SQLite file in `DATA_DIR`.",
        "`postgresql://…`, `postgres://…` or `sqlite:///…`",
    )
    redis_url: RedisUrl = setting(
        None,
        "The doorbell between web and workers. Without it: an embedded Valkey in `DATA_DIR`.",
        "`redis://…`, `rediss://…` or `unix://…`",
    )
    data_dir: Path = setting(
        Path("var"), "Where the embedded database and Valkey keep their files.", "a folder"
    )
    host: str = setting(
        "127.0.0.1",
        "The address that the web process listens on. The Procfile makes it `0.0.0.0`.",
        "an address",
    )
    port: Annotated[int, Field(ge=0, le=65535)] = setting(
        8080, "The port that the web process listens on.", "0 to 65535"
    )
    public_url: Origin | None = setting(
        None,
        "How browsers reach this server; links come from this only. Without it: "
        "`http://localhost:$PORT`.",
        "an origin such as `https://chat.example.com`",
    )
    secret_key: RotatingSecrets = setting(
        (),
        "Signs cookies and tokens; a list rotates, the first one signs. Without it: made once in "
        "`DATA_DIR`, if that is where the database is too.",
        "random texts, comma-separated, the first one of 32 characters or more",
    )
    trusted_proxies: Proxies = setting(
        (),
        "The proxies before this server: their `X-Forwarded-For` counts, or `Forwarded` if that is "
        "all they send. Where a proxy is not named here, visitors can't be told apart.",
        "networks such as `10.0.0.0/8`, comma-separated; not the whole world",
    )
    dns_servers: NameServers = setting(
        (),
        "Whom a worker asks whether the domain of a contact's address takes mail. Without it: the "
        "system's servers; `off` asks nobody.",
        "addresses such as `192.0.2.53` or `[2001:db8::53]:5353`, comma-separated, or `off`",
    )
    web_concurrency: Annotated[int, Field(ge=1, le=64)] = setting(
        1, "How many web processes share the port.", "1 to 64"
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", "How much is logged.", "`debug`, `info`, `warning` or `error`"
    )
    log_format: Literal["console", "json"] | None = setting(
        None,
        "How log lines look. Without it: `console` on a terminal, else `json`.",
        "`console` or `json`",
    )
    api_tokens: LongSecrets = setting(
        (),
        "Bearer tokens for `/api/v1`, all good at the same time; without one the API is closed.",
        "random texts of 32 characters or more each, comma-separated",
    )
