"""From what is wanted and what is there to what should change: findings and an ordered plan. No I/O, no clock, no randomness."""
