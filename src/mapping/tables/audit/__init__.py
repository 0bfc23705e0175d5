"""Tables of the audit: the audit of a year in, display table out.

Every number of a processed table carries what it rests on.
"""

from mapping.tables.audit.agreement import coded as coded
from mapping.tables.audit.agreement import coders as coders
from mapping.tables.audit.agreement import codes as codes
from mapping.tables.audit.agreement import without as without
from mapping.tables.audit.choices import certainty as certainty
from mapping.tables.audit.choices import effects as effects
from mapping.tables.audit.choices import factors as factors
from mapping.tables.audit.choices import left_out as left_out
from mapping.tables.audit.instruments import alone as alone
from mapping.tables.audit.instruments import convergence as convergence
from mapping.tables.audit.instruments import needs_seen as needs_seen
from mapping.tables.audit.instruments import voices as voices
from mapping.tables.audit.participation import bounds as bounds
from mapping.tables.audit.participation import missing as missing
from mapping.tables.audit.trust import calibration as calibration
from mapping.tables.audit.trust import certificate as certificate
from mapping.tables.audit.trust import recovery as recovery
