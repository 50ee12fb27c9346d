"""Finished values on paper, in spreadsheets and in charts; no SQL, no clock."""
