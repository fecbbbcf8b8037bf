"""From what users have to a Graph: layer specs, torch modules."""
