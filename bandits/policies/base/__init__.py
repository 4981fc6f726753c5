"""What families of policies share: kernels, base classes, and the assumptions that reports check."""
