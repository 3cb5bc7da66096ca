"""Times scikit-learn's isolation forest on rows that another program wrote.

    measure.py <file of float32, row-major> <features>

Fits 100 trees of 256 rows on all rows, then scores the first 10,000 and the first one; one thread.
Prints the version, then "name median lowest highest" in milliseconds.
"""
import sys
import time

import numpy
import sklearn
from sklearn.ensemble import IsolationForest


def measure(name, repeats, action):
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    print(name, times[len(times) // 2], times[0], times[-1])


def main():
    rows = numpy.fromfile(sys.argv[1], dtype=numpy.float32).reshape(-1, int(sys.argv[2]))
    print(sklearn.__version__)

    def fit():
        return IsolationForest(n_estimators=100, max_samples=256, random_state=1, n_jobs=1).fit(rows)

    forest = fit()
    measure("fit", 9, fit)
    measure("score_10000", 9, lambda: forest.score_samples(rows[:10000]))
    measure("score_1", 30, lambda: forest.score_samples(rows[:1]))


if __name__ == "__main__":
    main()
