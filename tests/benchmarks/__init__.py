"""How long things take. Nothing here passes or fails: `make benchmark` prints, people judge."""
