"""The few windows that stand before a page."""
