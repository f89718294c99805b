"""Drivers, one file for each published protocol.

A third party adds its own by the entry point group `wugan.haptic_drivers`.
"""
