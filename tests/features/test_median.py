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


@pytest.mark.parametrize("columns", [1, 255, 256, 257, 513])
def test_columns_that_do_not_fill_a_block(columns, rng):
    rows = rng.random((37, columns), dtype=np.float32)
    expected = scipy.ndimage.median_filter(rows, size=(WIDTH, 1), mode="reflect")
    np.testing.assert_array_equal(median_31(rows), expected)


def test_values_at_the_edge_of_what_a_float_holds(rng):
    """Power spectra of quiet stretches: zeros, numbers too small to be normal, and infinity, bit by bit."""
    smallest, normal = np.float32(1e-45), np.finfo(np.float32).tiny
    values = np.array([0, smallest, 3 * smallest, normal / 2, normal, 1e-20, 1, 3e38, np.inf], dtype=np.float32)
    rows = rng.choice(values, (70, 300))
    expected = scipy.ndimage.median_filter(rows, size=(WIDTH, 1), mode="reflect")
    np.testing.assert_array_equal(median_31(rows).view(np.uint32), expected.view(np.uint32))
    assert set(expected.ravel()) >= {smallest, normal / 2, normal}  # none was flushed to zero


@pytest.mark.parametrize("value", [0.0, 1e-45, 0.3])
def test_median_of_one_value_is_that_value(value):
    rows = np.full((40, 300), value, dtype=np.float32)
    np.testing.assert_array_equal(median_31(rows), rows)


def test_a_line_of_less_than_half_a_window_vanishes_and_a_longer_one_stays():
    """What the separation lives on: 15 rows of 31 are a minority, 16 a majority."""
    for length, strongest in ((15, 0), (16, 1)):
        rows = np.zeros((101, 3), dtype=np.float32)
        rows[40 : 40 + length, 1] = 1
        assert median_31(rows).max() == strongest


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
