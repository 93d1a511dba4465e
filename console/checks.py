"""System checks: what must never be true in production."""
