"""Disclosure control: what of the counts may be printed in the open edition."""

from mapping.disclosure.protection import PROTECTS as PROTECTS
from mapping.disclosure.protection import SMALL as SMALL
from mapping.disclosure.protection import Limits as Limits
from mapping.disclosure.protection import Protected as Protected
from mapping.disclosure.protection import intervals as intervals
from mapping.disclosure.protection import is_small as is_small
from mapping.disclosure.protection import protect as protect
from mapping.disclosure.system import ONE as ONE
from mapping.disclosure.system import Cell as Cell
from mapping.disclosure.system import Relation as Relation
from mapping.disclosure.system import System as System
