"""Where the files that ship with columninch are: ``data/`` of the repository, or the copy inside the wheel."""

from pathlib import Path

from tasks.errors import ConfigError

_PACKAGE = Path(__file__).parent


def data_file(*parts: str) -> Path:
    """Path of a shipped file or folder, such as ``data_file("reference", "actors.tsv")``.

    Raises ConfigError when it is missing, which means a broken installation.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent / "data"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise ConfigError(
        f"shipped file {'/'.join(parts)} is missing: install columninch again (pip install --force-reinstall columninch)"
    )
