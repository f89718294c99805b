"""Emulators, one file for each driver, with the habits of the real firmware.

`wugan emulate NAME` puts one on a pseudo-terminal; a third party adds its own by `wugan.haptic_emulators`.
"""
