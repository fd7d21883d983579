"""Settings that every test shares."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: the first example may compile the kernel, and that takes seconds.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
