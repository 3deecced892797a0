"""Which bucket a path belongs to."""

import zlib

from labkit.grading import requirement


@requirement(
    "A path's bucket is its CRC-32 folded into the count",
    hints=[
        "Which function of zlib gives a number for bytes?",
        "A str has to be encoded first.",
        "zlib.crc32(path.encode()) % count",
    ],
)
async def folds(ex):
    for path in ["/", "/flags/dark-mode", f"/{ex.random.random()}"]:
        for count in [1, 3, 16]:
            ex.equal(
                ex.call("bucket", path, count),
                zlib.crc32(path.encode()) % count,
                because="Every isolate must put the same path into the same bucket.",
            )


@requirement(
    "Every path is counted in its own bucket",
    hints=["Begin with a list of zeros.", "One for each bucket: [0] * count.", "totals[bucket(path, count)] += 1"],
    needs=[folds],
)
async def counts(ex):
    paths = [f"/{ex.random.randrange(30)}" for _ in range(40)]
    expected = [0] * 7
    for path in paths:
        expected[zlib.crc32(path.encode()) % 7] += 1
    ex.equal(ex.call("buckets", paths, 7), expected, because="A path that occurs twice counts twice.")


@requirement(
    "No paths fill no buckets",
    hints=["What does your function return for an empty list?", "A list of zeros.", "[0] * count, before the loop"],
    needs=[folds],
)
async def empty(ex):
    ex.equal(ex.call("buckets", [], 3), [0, 0, 0], because="The caller indexes the list by bucket.")
