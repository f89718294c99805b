"""Privacy: an audit trail that shows when it was tampered with, and masking of what identifies a person."""
