"""The pages of the main window; each is made when first opened."""
