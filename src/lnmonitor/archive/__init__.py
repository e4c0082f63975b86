"""The archive of a study: one zip file that is read without the program and restored with it."""
