"""EventBridge Scheduler, served here: groups, schedules, and their firing.

ministack's own fills in no context attributes, asks no role, and keeps no ClientToken.
"""
