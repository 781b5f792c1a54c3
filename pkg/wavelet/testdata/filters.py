"""Computes the scaling filters of filters.go and prints them as Go literals.

Daubechies' spectral factorisation (Ten lectures on wavelets, SIAM 1992, sections 6.1 and 8.1.1) in 60
digits: the zeros of P(y) = sum C(N-1+k, k) y^k become pairs z, 1/z by y = (2 - z - 1/z)/4. The
Daubechies filters take the zeros inside the unit circle. Symlets take from each pair or quadruple the
one that CHOICE says, which makes the phase nearest to a line; these are the choices and the
orientations of PyWavelets.

Run: python3 filters.py > table.txt (mpmath 1.3).
"""
import mpmath as mp

mp.mp.dps = 60
# For each symlet, which groups of zeros (ascending in real part, then in imaginary part) lie outside
# the unit circle; found by comparing all choices with PyWavelets 1.8.
CHOICE = {
    4: (1, 0), 5: (0, 1), 6: (1, 0, 1), 7: (0, 0, 1), 8: (1, 0, 1, 0), 9: (0, 1, 1, 0), 10: (1, 0, 1, 0, 1),
}


def groups(order):
    c = [mp.binomial(order - 1 + k, k) for k in range(order)][::-1]
    zeros = []
    for y in mp.polyroots(c, maxsteps=500, extraprec=400) if order > 1 else []:
        b = 1 - 2 * y
        z = b + mp.sqrt(b * b - 1)
        zeros.append(z if abs(z) < 1 else 1 / z)
    upper = sorted((z for z in zeros if mp.im(z) > -1e-40), key=lambda z: (float(mp.re(z)), float(mp.im(z))))
    return [[mp.re(z)] if abs(mp.im(z)) < 1e-40 else [z, mp.conj(z)] for z in upper]


def times(p, zero):
    q = p + [mp.mpf(0)]
    for i in range(len(p)):
        q[i + 1] -= zero * p[i]
    return q


def filter_of(order, zeros):
    p = [mp.mpf(1)]
    for zero in [mp.mpf(-1)] * order + zeros:
        p = times(p, zero)
    p = [mp.re(v) for v in p]
    return [v * mp.sqrt(2) / sum(p) for v in p]


def daubechies(order):
    return filter_of(order, [z for g in groups(order) for z in g])


def symlet(order, choice):
    return filter_of(order, [1 / z if out else z for g, out in zip(groups(order), choice) for z in g])


def main():
    for name, h in [("db%d" % n, daubechies(n)) for n in range(1, 11)] + [
            ("sym%d" % n, symlet(n, CHOICE[n])) for n in range(4, 11)]:
        print('\tcase "%s":\n\t\treturn []float64{' % name)
        for i in range(0, len(h), 4):
            print("\t\t\t" + ", ".join(repr(float(v)) for v in h[i:i + 4]) + ",")
        print("\t\t}")


if __name__ == "__main__":
    main()
