"""Placeholder until the URL rules land."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Host of a URL without www."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
