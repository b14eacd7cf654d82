"""How many agents a centre needs: Erlang B, C and A. Owns the queueing formulas; must not know the engine."""
