"""Writes reference.json: transforms by scipy.fft in extended precision, rounded to float64.

Run with numpy 2.4.6 and scipy 1.17.1 on x86-64, where longdouble has 64 bits of mantissa:

    python3 reference.py > reference.json

The input of length n is x[t] = (s[t] >> 16) / 65536 - 0.5 with s[0] = n and
s[t+1] = (1664525 s[t] + 1013904223) mod 2^32, after one step; each is exact in float64. Long
transforms are kept at some frequencies only.
"""

import json

import numpy as np
import scipy.fft

REAL = [*range(1, 33), 35, 48, 49, 59, 60, 61, 63, 64, 128, 250, 499, 500, 625, 663, 1000, 1023,
        1024, 2021, 2048, 8192, 9797, 9973, 9998, 9999, 10000, 10609]
COMPLEX = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 16, 45, 64, 81, 103, 206, 500, 512, 1024, 1155, 4999]
EVEN = [1, 2, 3, 4, 8, 9, 15, 16, 24, 31, 64, 500, 663, 1000, 1024, 10000]


def series(n):
    s, out = n, []
    for _ in range(n):
        s = (1664525 * s + 1013904223) % 2**32
        out.append((s >> 16) / 65536 - 0.5)
    return np.array(out, dtype=np.longdouble)


def kept(m):
    return list(range(m)) if m <= 32 else sorted({*range(5), *(m * i // 12 for i in range(12)), *range(m - 5, m)})


def case(n, values):
    values = np.atleast_1d(values)
    at = kept(len(values))
    rms = np.sqrt(np.mean(np.abs(values) ** 2))
    return {"n": n, "at": at, "re": [float(values[i].real) for i in at],
            "im": [float(values[i].imag) for i in at], "rms": float(rms)}


def halves(n):
    x = series(2 * n)
    return x[:n] + 1j * x[n:]


def main():
    print(json.dumps({
        # scipy.fft.rfft(x)
        "real": [case(n, scipy.fft.rfft(series(n))) for n in REAL],
        # scipy.fft.irfft(c, n, norm="forward"), unnormalised, of n//2+1 coefficients whose real
        # parts are the first values of the input and whose imaginary parts are the next
        "sequence": [case(n, scipy.fft.irfft(halves(n // 2 + 1), n, norm="forward")) for n in REAL],
        # scipy.fft.fft and ifft of the same kind of complex input
        "forward": [case(n, scipy.fft.fft(halves(n))) for n in COMPLEX],
        "inverse": [case(n, scipy.fft.ifft(halves(n), norm="forward")) for n in COMPLEX],
        # scipy.fft.dct(c, type=1) of m+1 values
        "even": [case(m, scipy.fft.dct(series(m + 1), type=1)) for m in EVEN],
    }).replace("}, {", "},\n{"))


if __name__ == "__main__":
    main()
