"""The typed description of what was said: objects, solids, features, materials, places; and the edits that change it.

Lengths are millimetres, angles degrees. x runs to the right, y to the back, z up; the front faces -y.
"""
