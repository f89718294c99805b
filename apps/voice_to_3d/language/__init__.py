"""From English sentences to edits of a scene, deterministic and offline."""
