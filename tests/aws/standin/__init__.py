"""A stand-in for AWS: a strict layer in front of ministack, for tests and for the demo."""
