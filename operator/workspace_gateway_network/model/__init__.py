"""Azure things as frozen values, read from and written to ARM's JSON. Pure: no I/O, no clock."""
