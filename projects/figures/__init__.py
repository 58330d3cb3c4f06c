"""The funders' report: its figures, the rows behind each, the drawings and the spreadsheet."""
