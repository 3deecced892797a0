"""D1's phenomena: replicas that lag, sessions, round trips, and one thread a database."""
