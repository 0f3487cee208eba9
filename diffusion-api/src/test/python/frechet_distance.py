"""Prints the number of FrechetDistanceTest.agreesWithNumpy.

Usage: python frechet_distance.py
Features are sin(i * i * (j + 1)) and cos(i * (j + 2)) + 0.1 * j in double precision, rounded to
float32: 12 and 9 vectors of length 4. Made with NumPy only: the trace of the square root of S1 S2
is the sum of the roots of its eigenvalues.
"""

import numpy as np

x = np.array([[np.sin(i * i * (j + 1)) for j in range(4)] for i in range(12)])
y = np.array([[np.cos(i * (j + 2)) + 0.1 * j for j in range(4)] for i in range(9)])
x, y = (a.astype(np.float32).astype(np.float64) for a in (x, y))
s1, s2 = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
root = np.sqrt(np.linalg.eigvals(s1 @ s2).astype(complex)).sum().real
difference = x.mean(0) - y.mean(0)
print(repr(float(difference @ difference + np.trace(s1) + np.trace(s2) - 2 * root)))
