"""The parts of a preview picture: camera, drawing through OpenGL, shadow, and the scale below."""
