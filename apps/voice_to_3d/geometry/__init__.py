"""From a scene to meshes: solids by constructive geometry, export, preview."""
