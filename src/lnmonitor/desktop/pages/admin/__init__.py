"""The sections of the administration page."""
