"""Fields, strips and rows of the entry forms, generated from the items of the form classes."""
