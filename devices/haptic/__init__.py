"""Force-feedback devices over a serial line: servo process, safety, effects, drivers and emulators."""
