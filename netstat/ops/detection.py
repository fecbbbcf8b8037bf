"""Operators of torchvision's detectors: region pooling, deformable convolution, non-maximum suppression."""
