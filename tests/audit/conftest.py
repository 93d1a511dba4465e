"""Fixtures of real chains for the tests of this room."""

from tests.audit.sealed import anchor_dir as anchor_dir
from tests.audit.sealed import chained as chained
