"""Prices as phenomena: the month's bill here and in a region, break-even curves, what leaving costs."""
