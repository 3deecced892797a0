import zlib


def bucket(path, count):
    return zlib.crc32(path.encode()) % count


def buckets(paths, count):
    totals = [0] * count
    for path in paths:
        totals[bucket(path, count)] += 1
    return totals
