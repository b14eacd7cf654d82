"""Virtual time: the engine fed from call logs and staffing plans instead of live commands."""
