"""Print all measurements."""

from benchmarks.effective_access import measure

for line in measure():
    print(line)
