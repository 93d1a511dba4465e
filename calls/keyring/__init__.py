"""Changing the key that seals what must not be read in the database: every sealed text, resealed."""
