"""Where the study is kept: the only package that knows SQL, keys and the lock on a study folder."""
