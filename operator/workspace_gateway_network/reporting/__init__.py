"""From a plan and its outcome to conditions, status and events. Pure: the time comes in as a value."""
