"""The functions behind the commands: what Python users call (`counting`, `running`), and what is done with a model."""
