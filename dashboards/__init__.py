"""The rooms people see: one theme, and a folder for each dashboard."""

__all__: list[str] = []
