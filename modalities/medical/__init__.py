"""Medical modalities: CT (`ct`), whole-slide pathology (`pathology`) and patient records (`records`).

Decision support for research; not a medical device. Nothing is imported here, as each folder needs other libraries:
import from `wugan.modalities.medical.ct` and its sisters.
"""
