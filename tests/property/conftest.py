"""Profiles: `HYPOTHESIS_PROFILE=long` for a long search, else few and the same examples every time, so that CI is fast and never flaky.

`few` is for measuring coverage: what the examples have in common matters there, not their number.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile("fast", max_examples=60, deadline=None, derandomize=True, database=None)
settings.register_profile("few", max_examples=10, deadline=None, derandomize=True, database=None)
settings.register_profile("long", max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))
