"""Tables of the follow-up: a year beside its baseline in, display table out.

The columns of the years bear the years' numbers. An asterisk at a department says that it was seen
by other instruments than in the earlier year, a double dagger that something was measured
otherwise.
"""

from mapping.tables.followup.departments import composition as composition
from mapping.tables.followup.departments import instruments as instruments
from mapping.tables.followup.departments import others as others
from mapping.tables.followup.departments import ways as ways
from mapping.tables.followup.findings import verdicts as verdicts
from mapping.tables.followup.measures import levels as levels
from mapping.tables.followup.measures import met as met
from mapping.tables.followup.measures import needs as needs
from mapping.tables.followup.measures import ranks as ranks
from mapping.tables.followup.measures import recommendations as recommendations
from mapping.tables.followup.measures import swot as swot
from mapping.tables.followup.measuring import provenance as provenance
from mapping.tables.followup.measuring import yardstick as yardstick
from mapping.tables.followup.simulated import trust as trust
from mapping.tables.followup.tiers import moved as moved
from mapping.tables.followup.tiers import protocols as protocols
from mapping.tables.followup.tiers import tier_tests as tier_tests
from mapping.tables.followup.tiers import transitions as transitions
from mapping.tables.followup.trend import trend_levels as trend_levels
from mapping.tables.followup.trend import trend_needs as trend_needs
from mapping.tables.followup.trend import trend_tiers as trend_tiers
