"""Reviewing on screen: what was verified, signed, asked, frozen and locked, and by whom."""
