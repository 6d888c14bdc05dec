"""Sums of filings of many lines, made once by the worker, so that a page reads a few hundred rows instead of a million."""
