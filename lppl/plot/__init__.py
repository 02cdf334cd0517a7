"""Pictures of results: each function draws on ``ax`` (a new figure's by default) and returns it.

Nothing is computed here beyond what a picture needs, and no figure is shown or kept: save one with
``ax.figure.savefig(path)``.
"""

from lppl.plot.pictures import (
    bubble_start as bubble_start,
)
from lppl.plot.pictures import (
    confidence_history as confidence_history,
)
from lppl.plot.pictures import (
    fit as fit,
)
from lppl.plot.pictures import (
    lomb as lomb,
)
from lppl.plot.pictures import (
    parameter_cloud as parameter_cloud,
)
from lppl.plot.pictures import (
    profile as profile,
)
from lppl.plot.pictures import (
    residuals as residuals,
)
from lppl.plot.pictures import (
    spectrum as spectrum,
)
from lppl.plot.pictures import (
    tc_density as tc_density,
)
from lppl.plot.shares import significance as significance
from lppl.plot.shares import trust as trust
