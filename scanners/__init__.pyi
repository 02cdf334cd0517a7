from .report.notebook import Look as Look
from .report.notebook import Scan as Scan
from .report.notebook import look as look
from .report.notebook import scan as scan
