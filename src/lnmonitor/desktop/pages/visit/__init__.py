"""The page where a visit, or one form of a patient, is entered."""
