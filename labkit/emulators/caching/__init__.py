"""What a place's caches hold and for how long: the Cache API's rules, and those of a bucket's own domain."""
