"""Pictures of results: each function draws on ``ax`` (a new figure's by default) and returns it.

Nothing is computed here beyond what a picture needs, and no figure is shown or kept: save one with
``ax.figure.savefig(path)``.
"""

from lppl.plot.fit_curves import fit as fit
from lppl.plot.fit_curves import residuals as residuals
from lppl.plot.shares import confidence_history as confidence_history
from lppl.plot.shares import significance as significance
from lppl.plot.shares import trust as trust
from lppl.plot.spectra import lomb as lomb
from lppl.plot.spectra import spectrum as spectrum
from lppl.plot.tc_likelihoods import profile as profile
from lppl.plot.tc_likelihoods import tc_density as tc_density
from lppl.plot.tc_likelihoods import tc_posterior as tc_posterior
from lppl.plot.window_clouds import bubble_start as bubble_start
from lppl.plot.window_clouds import parameter_cloud as parameter_cloud
