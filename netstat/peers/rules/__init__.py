"""What each counter makes of a model, rule by rule: amounts on top of our multiply-accumulates. No torch, no peer."""
