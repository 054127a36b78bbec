"""What every room of the office stands on: refusals, tables, keys, file storage, settings,
numbers."""
