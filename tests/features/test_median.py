"""The running median against definitions from outside: scipy's filter, and the median of a mirrored window."""

import numpy as np
import pytest
import scipy.ndimage

from classically_punk.features.median import WIDTH, median_31, merge_network, middle_of

SHAPES = [(1, 1), (3, 3), (5, 300), (7, 2), (14, 2), (15, 9), (16, 1), (30, 10), (31, 257), (100, 511), (129, 700)]


@pytest.mark.parametrize("shape", SHAPES)
def test_equals_scipy_to_the_bit(shape, rng):
    rows = rng.random(shape, dtype=np.float32)
    expected = scipy.ndimage.median_filter(rows, size=(WIDTH, 1), mode="reflect")
    np.testing.assert_array_equal(median_31(rows), expected)


@pytest.mark.parametrize("rows", [1, 2, 4, 9, 29, 31, 40])
def test_equals_the_median_of_the_mirrored_window(rows, rng):
    """Two rows included, which scipy 1.17 gets wrong."""
    matrix = rng.random((rows, 5), dtype=np.float32)
    mirrored = np.pad(matrix, ((WIDTH // 2, WIDTH // 2), (0, 0)), mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(mirrored, WIDTH, axis=0)
    np.testing.assert_array_equal(median_31(matrix), np.median(windows, axis=-1))


def test_ties_and_signs(rng):
    rows = np.round(rng.normal(0, 1, (60, 40)), 1).astype(np.float32)
    expected = scipy.ndimage.median_filter(rows, size=(WIDTH, 1), mode="reflect")
    np.testing.assert_array_equal(median_31(rows), expected)


def test_a_stretch_of_rows_sees_its_neighbours(rng):
    rows = rng.random((90, 20), dtype=np.float32)
    np.testing.assert_array_equal(median_31(rows, 7, 50), median_31(rows)[7:50])


@pytest.mark.parametrize("length", [2, 7, 24, 128])
def test_merge_network_sorts(length, rng):
    """By the zero-one principle a network sorts everything if it sorts zeros and ones; random ones here."""
    values = rng.integers(0, 2, (length, 2000))
    for low, high in merge_network(length):
        values[low], values[high] = np.minimum(values[low], values[high]), np.maximum(values[low], values[high])
    assert (np.diff(values, axis=0) >= 0).all()


@pytest.mark.parametrize("length", [7, 128])
def test_pruned_network_finds_the_middle(length, rng):
    values = rng.random((length, 100))
    expected = np.median(values, axis=0)
    for low, high in middle_of(length):
        values[low], values[high] = np.minimum(values[low], values[high]), np.maximum(values[low], values[high])
    np.testing.assert_array_equal((values[(length - 1) // 2] + values[length // 2]) / 2, expected)
