"""CloudWatch: metrics, their mathematics, alarms that are evaluated, notices, and pictures of metrics."""
