"""Secrets of our own: texts that nobody must guess, so short ones are refused."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode

from config.kinds import split_by_commas

LEAST_CHARACTERS = 32


def is_long_enough(secret: SecretStr) -> bool:
    """Say whether a secret is too long to be guessed from something that it has signed."""
    return len(secret.get_secret_value().strip()) >= LEAST_CHARACTERS


def _check_length(secret: SecretStr) -> SecretStr:
    if not is_long_enough(secret):
        raise ValueError
    return secret


def _check_first(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for secret in secrets[:1]:
        _check_length(secret)
    return secrets


LongSecret = Annotated[SecretStr, AfterValidator(_check_length)]
LongSecrets = Annotated[tuple[LongSecret, ...], NoDecode, BeforeValidator(split_by_commas)]
"""Each is good at the same time, so each must be long."""
RotatingSecrets = Annotated[
    tuple[SecretStr, ...],
    NoDecode,
    BeforeValidator(split_by_commas),
    AfterValidator(_check_first),
]
"""The first one is in use and must be long; those after it are on their way out."""
