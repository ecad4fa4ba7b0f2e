"""An operator that keeps the Azure network of API Management workspace gateways as declared.

The house in one sentence: a key comes in, the world is looked at once, a pure function says what should change, a guarded writer
changes just that, and a pure function says how it went. `docs/architecture.md` draws the rooms.
"""
