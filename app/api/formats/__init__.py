"""Answers in the formats of other programs: pure functions from the shapes of the contract to text or JSON."""
