"""Existing data sets: reading their records, and writing them again. One file a format."""

from __future__ import annotations

from selfinstruct.formats.metering import Meter
from selfinstruct.formats.reading import Record, records, text_of
from selfinstruct.formats.writing import RecordFile, record_file

__all__ = ["Meter", "Record", "RecordFile", "record_file", "records", "text_of"]
