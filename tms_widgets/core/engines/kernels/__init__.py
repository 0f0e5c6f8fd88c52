"""The compiled inner loops of the engines, one file a way of training."""
