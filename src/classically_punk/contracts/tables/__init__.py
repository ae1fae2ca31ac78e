"""The tables that pass between stages and stand in reports: one schema each, and writing and reading through it."""

from classically_punk.contracts.tables.files import absence, checked, frame, read, write
from classically_punk.contracts.tables.registry import ROOMS, TABLES
from classically_punk.contracts.tables.schema import UNITS, Column, Table

__all__ = ["ROOMS", "TABLES", "UNITS", "Column", "Table", "absence", "checked", "frame", "read", "write"]
