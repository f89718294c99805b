"""Training of wugan's own networks: data and splits, the loop, figures of merit, calibration, the model card."""
