"""The whole set-up on one machine: a real API server, an emulated Azure, and the operator as its own process between them."""
