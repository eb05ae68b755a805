"""Tests of the detectors, by themselves."""
