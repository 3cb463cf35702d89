"""What document workers are asked in cleaning.  Apart from the task, so that no worker loads Prefect (0.8 s, 60 MB each)."""

from __future__ import annotations

from tasks.clean.article import Cleaned, CleanOptions
from tasks.clean.batch import clean_document, study_document
from tasks.clean.site import Study
from tasks.units import Capture, Refusal

Order = tuple[Capture, CleanOptions]
"""What a worker gets: the bytes, and how the capture's source is to be cleaned."""


def clean_order(order: Order) -> Cleaned | Refusal:
    """In a worker: the article or the reason why there is none."""
    return clean_document(*order)


def study_order(order: Order) -> Study:
    """In a worker: the same with what the page teaches about its site."""
    return study_document(*order)
