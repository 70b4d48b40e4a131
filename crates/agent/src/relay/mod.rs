//! Tells alarms, budget notices and anomalies on Discord: one message per incident.
