"""What this trial collects: forms and items, code lists, protocol, visit schedule, edit checks."""
