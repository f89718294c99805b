"""The servo process: the one place that talks to a haptic device, at a fixed rate, whatever the pipeline does."""
