"""What the audit's sentences state; each function takes the audit of a year.

The frames are those of :class:`mapping.auditing.Audit`. Every number carries what it rests on.
"""

from mapping.facts.audit.coders import coders as coders
from mapping.facts.audit.coders import codes as codes
from mapping.facts.audit.coders import each_coder as each_coder
from mapping.facts.audit.instruments import alone as alone
from mapping.facts.audit.instruments import instruments as instruments
from mapping.facts.audit.instruments import needs_seen as needs_seen
from mapping.facts.audit.instruments import voices as voices
from mapping.facts.audit.participation import bounds as bounds
from mapping.facts.audit.participation import participation as participation
from mapping.facts.audit.trust import certificate as certificate
from mapping.facts.audit.trust import noise as noise
from mapping.facts.audit.trust import recovery as recovery
