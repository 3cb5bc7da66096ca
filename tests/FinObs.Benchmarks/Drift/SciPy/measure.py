"""Times scipy's two-sample Kolmogorov-Smirnov test on values that another program wrote.

    measure.py <file of float64: first sample, then second, of equal size>

Prints the version, the statistic, and "name median lowest highest" in milliseconds.
"""
import sys
import time

import numpy
import scipy
from scipy.stats import ks_2samp


def main():
    values = numpy.fromfile(sys.argv[1], dtype=numpy.float64)
    first, second = values[: len(values) // 2], values[len(values) // 2 :]
    print(scipy.__version__)
    print("statistic", repr(float(ks_2samp(first, second).statistic)))
    for method in ("auto", "asymp"):
        times = []
        for _ in range(15):
            start = time.perf_counter()
            ks_2samp(first, second, method=method)
            times.append((time.perf_counter() - start) * 1000)
        times.sort()
        print(method, times[len(times) // 2], times[0], times[-1])


if __name__ == "__main__":
    main()
