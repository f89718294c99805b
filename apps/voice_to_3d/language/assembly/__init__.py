"""The reading of one part as an assembly: named bodies, cuts and edge treatments, each placed against another."""
