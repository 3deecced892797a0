"""What holds for every test: Hypothesis sets no deadlines, because the machines that run this are shared."""

from hypothesis import settings

settings.register_profile("workbook", deadline=None)
settings.load_profile("workbook")
