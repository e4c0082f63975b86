"""What a patient's course and the cohort's tables say: plain descriptions, no input or output."""
