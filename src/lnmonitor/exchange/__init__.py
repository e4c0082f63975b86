"""Files in and out: workbooks, listings, clinical data standards, imports."""
