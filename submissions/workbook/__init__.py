"""Workbooks: written for a filing, scanned and read when they come back, and marked with what was found.

The process that reads a file imports this package, so nothing is imported here.
"""
