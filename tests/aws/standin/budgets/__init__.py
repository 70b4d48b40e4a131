"""AWS Budgets with state: the emulators drop filter expressions, limits and defaults."""
