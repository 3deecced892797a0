"""R2's phenomena: one home for each bucket, and its domains' cached copies."""
