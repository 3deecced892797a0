"""The Cache API's phenomena: copies at each place, in tiers, and what is thrown out for room."""
