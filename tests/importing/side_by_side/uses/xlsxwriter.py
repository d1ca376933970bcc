"""Writes a workbook with a chart."""

import io
import zipfile

import xlsxwriter


def use() -> object:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("One")
    sheet.write_column(0, 0, [1, 2, 3])
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "=One!$A$1:$A$3"})
    sheet.insert_chart("C1", chart)
    book.close()
    assert "xl/charts/chart1.xml" in zipfile.ZipFile(stream).namelist()
    return book
