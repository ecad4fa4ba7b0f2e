"""What Azure demands of a workspace gateway's network: versions as data, so that a new table is a new file and not new code."""
