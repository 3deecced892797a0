import zlib


def bucket(path, count):
    # 1. Hash the path. Python's own hash() differs in every process.
    # 2. Fold the hash into the range of buckets.
    todo()


def buckets(paths, count):
    todo()
