"""Step 5: the date on which a person was trained for this program, for reviews of access."""

NUMBER = 5

STATEMENTS = ("ALTER TABLE account ADD COLUMN trained_on VARCHAR NOT NULL DEFAULT ''",)
