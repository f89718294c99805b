"""Things of the home, the street and the toy box."""
