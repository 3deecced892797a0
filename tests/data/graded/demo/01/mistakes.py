"""What people write instead."""

from labkit.grading import mistake

MISTAKES = [
    mistake(
        "sum of the bytes",
        replace={"zlib.crc32(path.encode()) % count": "sum(path.encode()) % count"},
        fails=["folds"],
        believes="Any number made of the bytes is a hash.",
        diagnosis="The sum of the bytes is no CRC-32: paths with the same letters would share a bucket.",
    ),
    mistake(
        "not folded",
        replace={"zlib.crc32(path.encode()) % count": "zlib.crc32(path.encode())"},
        fails=["folds"],
        believes="The hash is the bucket.",
        diagnosis="The hash was not folded into the range of buckets.",
    ),
    mistake(
        "counts from one",
        replace={"% count": "% count + 1"},
        fails=["folds"],
        believes="Buckets are numbered from 1.",
        diagnosis="Buckets are numbered from 0.",
    ),
    mistake(
        "each path once",
        replace={"for path in paths": "for path in set(paths)"},
        fails=["counts"],
        believes="Paths are unique.",
        diagnosis="A path that is asked for twice is two requests.",
    ),
    mistake(
        "a dict of buckets",
        replace={"totals = [0] * count": "totals = dict.fromkeys(range(count), 0)"},
        fails=["counts", "empty"],
        believes="A dict will do.",
        diagnosis="A list was asked for; this is a dict.",
    ),
    mistake(
        "only the buckets that occur",
        replace={"return totals": "return [total for total in totals if total] if paths else []"},
        fails=["empty"],
        believes="Empty buckets need not be told.",
        diagnosis="The list must have an entry for every bucket, empty or not.",
    ),
    mistake(
        "sets instead of adds",
        replace={"+= 1": "= 1"},
        fails=["counts"],
        believes="Seen is enough.",
        diagnosis="Each bucket holds at most 1: the count is overwritten, not raised.",
    ),
    mistake(
        "never ends",
        replace={"    for path in paths:\n        totals": "    while True:\n        path = '/'\n        totals"},
        fails=["counts", "empty"],
        believes="The loop ends by itself.",
        diagnosis="The loop has no end.",
    ),
]

EXCUSED = {}
