"""Table models over read models; flat, with a role for the row object."""
