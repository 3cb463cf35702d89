"""The version that enrichment writes into every row it makes."""

VERSION = "3"
"""Raise it when anything here gives other rows: articles are then enriched again, without being cleaned again."""
