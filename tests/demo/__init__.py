"""`python -m demo`: one resource live, from its first apply to its deletion, told sentence by sentence as it is observed.

`story` says what is told and in which order; `scene` does it and looks whether it happened; `narrator` puts it on the screen.
With `--shell` everything is left running for a person to try.
"""
