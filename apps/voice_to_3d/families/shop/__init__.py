"""Machine parts, fasteners, tools and enclosures."""
