"""Families of generated tasks, and the protocol by which recipes of the classifier are compared.

A recipe is chosen on the families in `CHOOSING` alone and reported on those in `REPORTING` alone.
The lists were fixed before anything was measured on them; a family never changes its half.
"""
