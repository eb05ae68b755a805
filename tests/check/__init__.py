"""Tests of `vulgate check`."""
