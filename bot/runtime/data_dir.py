"""The folder that DATA_DIR names: made where there is none, refused where nothing can be kept."""

import os
from pathlib import Path

from config.settings import SettingsError

_NO_FOLDER = "something else than a folder is in its place"
_NO_RIGHT = "this user may not write there"


def make_data_dir(folder: Path) -> None:
    """Make the folder where there is none; raises SettingsError if nothing can be kept in it."""
    hindrance = find_hindrance(folder)
    if not hindrance:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            hindrance = error.strerror or type(error).__name__
    if hindrance:
        message = f"DATA_DIR: nothing can be kept in this folder: {hindrance}."
        raise SettingsError(message)


def find_hindrance(folder: Path) -> str:
    """Say why nothing can be kept in a folder that may not be there yet; makes nothing."""
    try:
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if not there.is_dir():
            return _NO_FOLDER
    except OSError as error:
        return error.strerror or type(error).__name__
    return "" if os.access(there, os.W_OK | os.X_OK) else _NO_RIGHT
