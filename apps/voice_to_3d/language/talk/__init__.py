"""Sentences about a scene: things named by family, relations, edits, references."""
