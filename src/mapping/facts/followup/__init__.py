"""What the follow-up's sentences state; each function takes a year beside its baseline.

The frames are those of :class:`mapping.comparison.FollowUp`. The years are given as text, for
they are no numbers of the results.
"""

from mapping.facts.followup.departments import composition as composition
from mapping.facts.followup.departments import instruments as instruments
from mapping.facts.followup.departments import ways as ways
from mapping.facts.followup.departments import who as who
from mapping.facts.followup.findings import verdicts as verdicts
from mapping.facts.followup.headline import in_short as in_short
from mapping.facts.followup.measures import BREAK as BREAK
from mapping.facts.followup.measures import comparable as comparable
from mapping.facts.followup.measures import each as each
from mapping.facts.followup.measures import measured as measured
from mapping.facts.followup.measures import number as number
from mapping.facts.followup.measures import paired_count as paired_count
from mapping.facts.followup.measures import tested as tested
from mapping.facts.followup.measures import years as years
from mapping.facts.followup.measuring import protocols as protocols
from mapping.facts.followup.measuring import provenance as provenance
from mapping.facts.followup.measuring import trend as trend
from mapping.facts.followup.measuring import yardstick as yardstick
from mapping.facts.followup.moves import moved as moved
from mapping.facts.followup.moves import tiers as tiers
from mapping.facts.followup.shares import levels as levels
from mapping.facts.followup.shares import needs as needs
from mapping.facts.followup.shares import recommendations as recommendations
from mapping.facts.followup.shares import swot as swot
from mapping.facts.followup.simulated import trust as trust
