"""Solves, integrates and prints."""

import sympy


def use() -> object:
    x = sympy.Symbol("x")
    assert sympy.solve(x**2 - 2, x) == [-sympy.sqrt(2), sympy.sqrt(2)]
    assert sympy.integrate(sympy.cos(x), x) == sympy.sin(x)
    assert sympy.latex(sympy.Rational(1, 3)) == r"\frac{1}{3}"
    assert sympy.lambdify(x, x**2)(3) == 9
    assert str(sympy.pi.evalf(20)) == "3.1415926535897932385"
    return x
