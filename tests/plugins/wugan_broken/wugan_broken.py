"""Fails while it is imported."""

raise OSError("libdriver.so.7: cannot open shared object file")
