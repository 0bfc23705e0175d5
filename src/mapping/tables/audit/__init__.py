"""Tables of the audit: the audit of a year in, display table out.

Every number of a processed table carries what it rests on.
"""

from mapping.tables.audit.agreement import coders as coders
from mapping.tables.audit.agreement import codes as codes
from mapping.tables.audit.agreement import instrument_agreement as instrument_agreement
from mapping.tables.audit.agreement import without as without
from mapping.tables.audit.instruments import alone as alone
from mapping.tables.audit.instruments import convergence as convergence
from mapping.tables.audit.instruments import needs_seen as needs_seen
from mapping.tables.audit.instruments import voices as voices
from mapping.tables.audit.participation import bounds as bounds
from mapping.tables.audit.participation import missing as missing
