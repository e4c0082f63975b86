"""The page of one patient: the story, the laboratory, the binder, events and drugs, the history."""
