"""Painted charts of the cohort: counts, means, survival; few marks, no frame, no legend."""
