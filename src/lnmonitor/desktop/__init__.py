"""Everything that imports Qt: session, operations, pages, models, widgets, plots, theme."""
