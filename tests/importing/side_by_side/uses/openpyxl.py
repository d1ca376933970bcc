"""Writes a workbook and reads it again."""

import io

import openpyxl


def use() -> object:
    book = openpyxl.Workbook()
    book.active.append(["a", 1.5])
    book.active["A2"] = "=SUM(B1:B1)"
    stream = io.BytesIO()
    book.save(stream)
    again = openpyxl.load_workbook(stream)
    assert [cell.value for cell in again.active[1]] == ["a", 1.5]
    assert again.active["A2"].data_type == "f"
    return again
