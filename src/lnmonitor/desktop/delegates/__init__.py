"""Cells that are painted: bars, meters, chips, sparklines."""
