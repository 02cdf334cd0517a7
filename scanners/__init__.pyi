from .report.notebook import look as look
from .report.notebook import scan as scan
from .report.notebook_results import Look as Look
from .report.notebook_results import Scan as Scan
