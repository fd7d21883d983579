"""Settings that every test shares."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: the first example may compile the kernel, and that takes seconds.
# Half as many examples as usual, as time is short; those of the model and the loader say how many they take.
settings.register_profile("dev", deadline=None, max_examples=50)
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, max_examples=50)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
