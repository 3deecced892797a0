"""The planet under load: a learner's Worker, visitors by the thousand, faults."""
