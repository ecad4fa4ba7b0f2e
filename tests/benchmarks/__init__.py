"""How fast things are. Programs, not tests: they print what they measure, because time depends on the machine."""
