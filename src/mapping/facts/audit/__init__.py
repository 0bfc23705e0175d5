"""What the audit's sentences state; each function takes the audit of a year.

The frames are those of :class:`mapping.auditing.Audit`. Every number carries what it rests on.
"""

from mapping.facts.audit.choices import choices as choices
from mapping.facts.audit.choices import curve as curve
from mapping.facts.audit.choices import effects as effects
from mapping.facts.audit.choices import left_out as left_out
from mapping.facts.audit.coders import coders as coders
from mapping.facts.audit.coders import codes as codes
from mapping.facts.audit.coders import each_coder as each_coder
from mapping.facts.audit.headline import in_short as in_short
from mapping.facts.audit.instruments import alone as alone
from mapping.facts.audit.instruments import instruments as instruments
from mapping.facts.audit.instruments import needs_seen as needs_seen
from mapping.facts.audit.instruments import voices as voices
from mapping.facts.audit.participation import bounds as bounds
from mapping.facts.audit.participation import participation as participation
from mapping.facts.audit.trust import certificate as certificate
from mapping.facts.audit.trust import noise as noise
from mapping.facts.audit.trust import recovery as recovery
