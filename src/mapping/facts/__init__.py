"""What the sentences state: counts from result frames, each together with its base.

Every function takes finished result frames and returns the values of one section of the texts,
by the names that the texts use. Nothing is worded here. A key that names an entry of the
protocol (a need, a theme, an aspect) stays a key; the texts give its label. A dictionary of
counts is in the order in which it is to be told, the largest first.
"""

from mapping.facts.counting import Count as Count
from mapping.facts.counting import Facts as Facts
from mapping.facts.counting import base as base
from mapping.facts.counting import counted as counted
from mapping.facts.counting import first as first
from mapping.facts.counting import largest as largest
from mapping.facts.counting import rest as rest
from mapping.facts.counting import told as told
from mapping.facts.counting import true_of as true_of
from mapping.facts.fieldwork import COUNTED as COUNTED
from mapping.facts.fieldwork import aims as aims
from mapping.facts.fieldwork import coverage as coverage
from mapping.facts.fieldwork import evidence_in_short as evidence_in_short
from mapping.facts.fieldwork import files as files
from mapping.facts.fieldwork import instruments as instruments
from mapping.facts.fieldwork import left_out as left_out
from mapping.facts.fieldwork import method as method
from mapping.facts.fieldwork import participating as participating
from mapping.facts.fieldwork import participation as participation
from mapping.facts.fieldwork import patterns as patterns
from mapping.facts.fieldwork import provenance as provenance
from mapping.facts.fieldwork import register as register
from mapping.facts.fieldwork import roles as roles
from mapping.facts.levels import arrangements as arrangements
from mapping.facts.levels import by_level as by_level
from mapping.facts.levels import conditions as conditions
from mapping.facts.levels import origins as origins
from mapping.facts.levels import profiles as profiles
from mapping.facts.need_counts import applicants as applicants
from mapping.facts.need_counts import both_named as both_named
from mapping.facts.need_counts import clear_needs as clear_needs
from mapping.facts.need_counts import in_short as in_short
from mapping.facts.need_counts import need as need
from mapping.facts.need_counts import needs as needs
from mapping.facts.need_counts import slight_needs as slight_needs
from mapping.facts.need_counts import voices as voices
from mapping.facts.swot import balance as balance
from mapping.facts.swot import common as common
from mapping.facts.swot import differences as differences
from mapping.facts.swot import exceeding as exceeding
from mapping.facts.swot import quadrant as quadrant
from mapping.facts.swot import ranking as ranking
from mapping.facts.swot import reading as reading
from mapping.facts.swot import swot_found as swot_found
from mapping.facts.swot import swot_in_short as swot_in_short
from mapping.facts.swot import swot_method as swot_method
from mapping.facts.swot import together as together
from mapping.facts.tiers import aspects as aspects
from mapping.facts.tiers import borderline as borderline
from mapping.facts.tiers import criteria as criteria
from mapping.facts.tiers import grid as grid
from mapping.facts.tiers import lift as lift
from mapping.facts.tiers import margins as margins
from mapping.facts.tiers import results as results
from mapping.facts.tiers import tier_counts as tier_counts
from mapping.facts.tiers import tier_method as tier_method
from mapping.facts.tiers import tiers_in_short as tiers_in_short
from mapping.facts.tiers import unclassified as unclassified
from mapping.facts.tiers import with_tier as with_tier
