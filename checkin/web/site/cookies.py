"""The names of cookies, by which browsers themselves guard them.

A browser takes a cookie called `__Host-…` only over TLS, from the host itself and for all of its
paths, so that no other host of the domain can plant one. Below a path of a shared host that cannot
be: there the name says `__Secure-…` and the path, so that two servers at two paths of one host do
not read each other's cookies.
"""

from __future__ import annotations

from flask import request


def cookie_name(name: str) -> str:
    """Return what a cookie of ours is called in the current request.

    Over plain HTTP browsers refuse the guarded names, so there it has the bare one.

    Args:
        name: what it is called in this program, such as "session".
    """
    below = request.script_root
    if request.is_secure:
        name = f"{'__Secure-' if below else '__Host-'}{name}"
    return name + below.replace("/", "-")
