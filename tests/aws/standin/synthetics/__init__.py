"""CloudWatch Synthetics with state: no emulator has it."""
