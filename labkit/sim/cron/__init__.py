"""Cron Triggers' phenomena: runs that overlap, runs that come twice."""
