"""The toolbox: which tools would serve how many departments, and how few would serve most."""
