"""What all tests share: one thread for matrix products, and how many made-up examples a law is tried on.

``HYPOTHESIS_PROFILE`` picks one: *quick* few examples, *thorough* (default) as many as each law asks for, *search* the same
with new examples on each run.  Only *search* differs from run to run, so that a change is judged by what it changed.
"""

import os
import signal

from hypothesis import settings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ.setdefault(
        name, "1"
    )  # as in document workers: small products on several threads cost more than they save

if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):  # started in the background, where commands would not hear it either
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("quick", max_examples=10, derandomize=True, deadline=None, database=None)
settings.register_profile("thorough", derandomize=True, deadline=None, database=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "thorough"))
