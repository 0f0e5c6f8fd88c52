"""What a reader sees and touches: one widget, one module."""
