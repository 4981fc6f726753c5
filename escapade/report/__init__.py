"""Reports: figures as plain data, tables for the terminal, and the sentence that says what happened."""
