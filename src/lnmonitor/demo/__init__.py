"""The synthetic demonstration study."""
