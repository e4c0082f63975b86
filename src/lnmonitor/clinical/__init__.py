"""What medicine says: scores, responses, flares and grades as pure functions over plain data."""
