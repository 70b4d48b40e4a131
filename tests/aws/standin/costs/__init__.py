"""AWS Cost Explorer with figures: a seeded ledger per payer, the queries over it, and Cost Anomaly Detection."""
