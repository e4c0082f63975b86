"""What a person can do: one action per function, checked, audited, answering with what changed."""
